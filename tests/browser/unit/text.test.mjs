// Numbers and names as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ABSENT,
  findings,
  margin,
  millilitres,
  number,
  percent,
  plain,
  prescription,
  quantity,
  words,
} from "../../../crates/review/assets/js/format.js";

test("numbers have a true minus sign, and a dash where nothing is known", () => {
  assert.equal(number(-12.345, 1), "−12.3");
  assert.equal(number(null), ABSENT);
  assert.equal(number(Number.NaN), ABSENT);
  assert.equal(quantity(3.26, "mm"), "3.3\u00a0mm");
  assert.equal(percent(0.806), "81\u00a0%");
});

test("volumes have three figures", () => {
  assert.deepEqual([0.567, 9.994, 12.34, 133.49].map(millilitres), ["0.57", "9.99", "12.3", "133"]);
});

test("doses and margins have no needless zeros", () => {
  assert.equal(plain(60), "60");
  assert.equal(prescription(50.4, 28), "50.4\u00a0Gy / 28");
  assert.equal(prescription(null, null), ABSENT);
  const even = { left: 5, right: 5, anterior: 5, posterior: 5, superior: 5, inferior: 5 };
  assert.equal(margin(even), "5");
  assert.equal(margin({ ...even, posterior: 3.5 }), "3.5–5");
  assert.equal(margin(null), ABSENT);
});

test("names of the report become words", () => {
  assert.equal(words("pelvic_rt"), "Pelvic RT");
  assert.equal(words("external_iliac"), "External iliac");
  assert.equal(words(null), ABSENT);
});

test("what was found is said in words", () => {
  const regions = { prostate_bed: 1, pelvic_node: 3, distant: 0 };
  assert.equal(findings({ regions, excluded: 2 }), "1 in the prostate bed, 3\u00a0pelvic nodes; 2 excluded");
  assert.equal(findings({ regions: { pelvic_node: 1 }, excluded: 0 }), "1\u00a0pelvic node");
  assert.equal(findings({ regions: {}, excluded: 0 }), "No lesion");
});
