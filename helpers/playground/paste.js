// Points as a reader types or pastes them: two columns, a point a line.

import { LARGEST_VALUE, MOST_POINTS } from "./limits.js";
import { readNumber } from "./state.js";

const NAMED = 3; // lines named at most

export const asLines = (points) => points.map((point) => point.join("\t")).join("\n");

// Takes the text; returns {points} or {refusal: words}, which name the lines that cannot be read.
// Columns are parted by a tab, a comma, a semicolon or blanks; empty lines and a head line are passed
// over.
export function readLines(text) {
  const lines = text.split(/\r\n|\r|\n/).map((line, k) => ({ number: k + 1, line: line.trim() }));
  const filled = lines.filter(({ line }) => line);
  const rows = filled.map(({ number, line }) => ({ number, line, point: pointOf(line) }));
  if (rows.length > 1 && isHead(rows[0].line)) rows.shift();
  const bad = rows.filter(({ point }) => !point);
  if (bad.length > 0)
    return { refusal: `${badWords(bad)}: two numbers a line are asked for, x and y.` };
  const points = rows.map(({ point }) => point);
  if (points.length === 0) return { refusal: "There is no point in it: a line is x and y." };
  if (points.length > MOST_POINTS)
    return { refusal: `At most ${MOST_POINTS} points; these are ${points.length}.` };
  return { points };
}

function fieldsOf(line) {
  const plain = line.replaceAll("−", "-");
  return plain.split(/\s*[\t,;]\s*|\s+/);
}

function pointOf(line) {
  const numbers = fieldsOf(line).map(readNumber);
  const isValue = (value) => value !== null && Math.abs(value) <= LARGEST_VALUE;
  return numbers.length === 2 && numbers.every(isValue) ? numbers : null;
}

// Names of columns: no digit in them.
const isHead = (line) => fieldsOf(line).length === 2 && !/\d/.test(line);

function badWords(bad) {
  const named = bad.slice(0, NAMED).map(({ number, line }) => `${number} (“${shortened(line)}”)`);
  const more = bad.length > NAMED ? ` and ${bad.length - NAMED} more` : "";
  return `${bad.length === 1 ? "Line" : "Lines"} ${named.join(", ")}${more} cannot be read`;
}

const shortened = (line) => (line.length > 20 ? `${line.slice(0, 20)}…` : line);
