"""Signs of rows as words of 64 bits, in the order of numpy.packbits: a part of `vertices`.

Row i is bit (i & 63) ^ 7 of word i >> 6: the words of a little-endian processor are the bytes of numpy.packbits.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from .chain import kernel


def below(values, word, t):
    """Bits of the 64 values from values[64 * word] on: which are below t (all of one type)."""
    return np.packbits(values[64 * word : 64 * word + 64] < t).view(np.int64)[0]


@intrinsic
def _compare(context, values, first, t):
    """The same as one comparison of vectors, which no loop over bits is compiled to."""

    def generate(context, builder, signature, arguments):
        vector = ir.VectorType(arguments[2].type, 64)
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        here = builder.bitcast(builder.gep(array.data, [arguments[1]]), vector.as_pointer())
        order = ir.VectorType(ir.IntType(32), 64)
        here = builder.shuffle_vector(
            builder.load(here, align=4),
            ir.Constant(vector, ir.Undefined),
            ir.Constant(order, [i ^ 7 for i in range(64)]),
        )
        t = builder.insert_element(
            ir.Constant(vector, ir.Undefined), arguments[2], ir.Constant(ir.IntType(32), 0)
        )
        t = builder.shuffle_vector(t, t, ir.Constant(order, [0] * 64))
        smaller = (
            builder.icmp_signed if isinstance(values.dtype, types.Integer) else builder.fcmp_ordered
        )
        return builder.bitcast(smaller("<", here, t), ir.IntType(64))

    return types.int64(values, types.int64, values.dtype), generate


@overload(below)
def _below(values, word, t):
    return lambda values, word, t: _compare(values, 64 * word, t)


@kernel
def put(bits, i, value):
    """Set the bit of row i in the words `bits`."""
    shift = np.int64((i & 63) ^ 7)
    bits[i >> 6] = (bits[i >> 6] & ~(np.int64(1) << shift)) | (np.int64(value) << shift)
