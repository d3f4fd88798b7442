// What a reader can set, and how far. The only place that says so: settings.py reads the text
// between the backticks.
//
// ranges: smallest and largest value of every number; whole: those that are whole numbers; methods:
// the optimisers; most_points: points of a data set; largest_value: of a coordinate, either sign.

const LIMITS = JSON.parse(`{
  "ranges": {
    "scale": [1e-5, 10],
    "neurons": [1, 1000],
    "decay": [1e-5, 1],
    "step": [1e-7, 1],
    "steps": [10, 100000],
    "seed": [0, 4294967295]
  },
  "whole": ["neurons", "steps", "seed"],
  "methods": ["gradient_descent", "adam"],
  "most_points": 30,
  "largest_value": 1e9
}`);

export const RANGES = LIMITS.ranges;
export const WHOLE = LIMITS.whole;
export const METHODS = LIMITS.methods;
export const MOST_POINTS = LIMITS.most_points;
export const LARGEST_VALUE = LIMITS.largest_value;
