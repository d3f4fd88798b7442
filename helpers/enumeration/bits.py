"""Signs of rows as words of 64 bits, in the order of numpy.packbits: a part of `vertices`.

Row i is bit (i & 63) ^ 7 of word i >> 6: the words of a little-endian processor are the bytes of
numpy.packbits.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from ..compiling import kernel


def below(values, word, t):
    """Which of the 64 values from values[64 * word] on are below t, as bits (all of one type)."""
    return np.packbits(values[64 * word : 64 * word + 64] < t).view(np.int64)[0]


@intrinsic
def _compare(context, values, first, t):
    """The same as one comparison of vectors, which no loop over bits is compiled to."""

    def generate(context, builder, signature, arguments):
        _, first, t = arguments
        vector = ir.VectorType(t.type, 64)
        undefined = ir.Constant(vector, ir.Undefined)
        order = ir.VectorType(ir.IntType(32), 64)
        reversed_in_bytes = ir.Constant(order, [i ^ 7 for i in range(64)])
        everywhere_the_first = ir.Constant(order, [0] * 64)

        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.gep(array.data, [first])
        here = builder.load(builder.bitcast(address, vector.as_pointer()), align=4)
        here = builder.shuffle_vector(here, undefined, reversed_in_bytes)
        t = builder.insert_element(undefined, t, ir.Constant(ir.IntType(32), 0))
        t = builder.shuffle_vector(t, t, everywhere_the_first)
        of_integers = isinstance(values.dtype, types.Integer)
        compare = builder.icmp_signed if of_integers else builder.fcmp_ordered
        return builder.bitcast(compare("<", here, t), ir.IntType(64))

    return types.int64(values, types.int64, values.dtype), generate


@overload(below)
def _below(values, word, t):
    return lambda values, word, t: _compare(values, 64 * word, t)


@kernel
def put(bits, i, value):
    """Set the bit of row i in the words `bits`."""
    shift = np.int64((i & 63) ^ 7)
    others = bits[i >> 6] & ~(np.int64(1) << shift)
    bits[i >> 6] = others | (np.int64(value) << shift)


def byte_count(n: int) -> int:
    """Bytes that n packed signs take."""
    return (n + 7) // 8


def word_count(n: int) -> int:
    """Words that n packed signs take."""
    return (n + 63) // 64
