// The network shown, to take away: as JSON, and as lines for PyTorch.
//
// data, net: as in model.js. Numbers are written with all their digits.

import { loss } from "./model.js";

const list = (values) => `[${Array.from(values).join(", ")}]`;

// {x, y: the points; lam: of eq. 1; step: of training; loss; W: rows [slope, bias]; alpha}.
export function networkJson({ data, lam, frame, trainer }, net) {
  const W = Array.from(net.w1, (w1, i) => [w1, net.w2[i]]);
  const { x, y } = data;
  const { step } = net === trainer.net ? trainer : frame;
  const points = { x: [...x], y: [...y] };
  const run = { lam, step, loss: loss(data, net, lam) };
  return `${JSON.stringify({ ...points, ...run, W, alpha: [...net.alpha] })}\n`;
}

// Lines that build the network and print its output at the points.
export function pytorch({ data }, { m, w1, w2, alpha }) {
  const rows = `[${Array.from(w1, (w) => `[${w}]`).join(", ")}]`;
  return `import torch
from torch import nn

hidden = nn.Linear(1, ${m}, dtype=torch.double)
out = nn.Linear(${m}, 1, bias=False, dtype=torch.double)
with torch.no_grad():
    hidden.weight.copy_(torch.tensor(${rows}, dtype=torch.double))
    hidden.bias.copy_(torch.tensor(${list(w2)}, dtype=torch.double))
    out.weight.copy_(torch.tensor([${list(alpha)}], dtype=torch.double))
network = nn.Sequential(hidden, nn.ReLU(), out)

x = torch.tensor(${list(data.x)}, dtype=torch.double)
print(network(x[:, None])[:, 0])`;
}
