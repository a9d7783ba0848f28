// Loading that keeps up: one under way, the newest waiting, a bounded memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundedCache, NewestLoader } from "../../../crates/review/assets/js/view/newest.js";

/** A loader whose answers come when the test says so. */
function staged(bound = 100) {
  const asked = [];
  const arrived = [];
  const failed = [];
  const ended = new AbortController();
  const answers = new Map();
  const loader = new NewestLoader({
    load: ({ key }) => {
      asked.push(key);
      return new Promise((resolve, reject) =>
        answers.set(key, { resolve: () => resolve(`picture ${key}`), reject }),
      );
    },
    arrived: ({ key }) => arrived.push(key),
    failed: (error) => failed.push(error.message),
    cache: new BoundedCache(bound, () => 1),
    until: ended.signal,
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  const answer = async (key) => {
    answers.get(key).resolve();
    await settle();
  };
  const refuse = async (key) => {
    answers.get(key).reject(new Error(`no ${key}`));
    await settle();
  };
  return { loader, asked, arrived, failed, answer, refuse, ended };
}

const of = (key) => ({ key });

test("while one is under way only the newest of the others is asked for", async () => {
  const { loader, asked, arrived, answer } = staged();
  for (const key of ["a", "b", "c", "d"]) loader.want(of(key));
  assert.deepEqual(asked, ["a"]);
  await answer("a");
  assert.deepEqual(asked, ["a", "d"]);
  await answer("d");
  assert.deepEqual(arrived, ["a", "d"]);
});

test("neighbours are fetched when nothing is asked for, and answer at once later", async () => {
  const { loader, asked, arrived, answer } = staged();
  loader.want(of("a"), [of("b"), of("c")]);
  await answer("a");
  assert.deepEqual(asked, ["a", "b"]);
  assert.deepEqual(arrived, ["a"], "what is fetched ahead is not shown");
  await answer("b");
  loader.want(of("b"), []);
  assert.deepEqual(arrived, ["a", "b"]);
  assert.deepEqual(asked, ["a", "b", "c"]);
});

test("what is under way as a neighbour is shown when it is asked for meanwhile", async () => {
  const { loader, asked, arrived, answer } = staged();
  loader.want(of("a"), [of("b")]);
  await answer("a");
  loader.want(of("b"), []);
  await answer("b");
  assert.deepEqual(arrived, ["a", "b"]);
  assert.deepEqual(asked, ["a", "b"], "it is not asked for twice");
});

test("after a failure what is asked for next is still loaded", async () => {
  const { loader, arrived, failed, answer, refuse } = staged();
  loader.want(of("a"), [of("x")]);
  await refuse("a");
  assert.deepEqual(failed, ["no a"]);
  loader.want(of("b"));
  await answer("b");
  assert.deepEqual(arrived, ["b"]);
});

test("nothing is asked for after the end", () => {
  const { loader, asked, ended } = staged();
  ended.abort();
  loader.want(of("a"));
  assert.deepEqual(asked, []);
});

test("the memory keeps its bound and drops what was used least", () => {
  const dropped = [];
  const cache = new BoundedCache(
    10,
    (value) => value,
    (value) => dropped.push(value),
  );
  cache.put("a", 4);
  cache.put("b", 5);
  assert.equal(cache.get("a"), 4);
  cache.put("c", 3);
  assert.deepEqual(dropped, [5]);
  assert.equal(cache.total, 7);
  cache.put("d", 50);
  assert.deepEqual([...cache.values.keys()], ["d"], "one too large for all is kept alone");
  cache.clear();
  assert.equal(cache.total, 0);
});

test("an answer that comes after a remembered one does not take its place", async () => {
  const { loader, arrived, answer } = staged();
  loader.want(of("a"));
  await answer("a");
  loader.want(of("b"));
  // Back before b is there: a is remembered and shown at once.
  loader.want(of("a"));
  assert.deepEqual(arrived, ["a", "a"]);
  await answer("b");
  assert.deepEqual(arrived, ["a", "a"], "b is no longer wanted");
  loader.want(of("b"));
  assert.deepEqual(arrived, ["a", "a", "b"], "but it is remembered");
});
