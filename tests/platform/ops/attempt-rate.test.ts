import { expect, test } from "vitest";

import { createAttemptRate } from "#app/platform/operator/attempt-rate.server.ts";

function openRate(options: { perAddress?: number; overall?: number } = {}) {
  let time = 1_000_000;
  return {
    ...createAttemptRate({ ...options, now: () => time }),
    advance: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

test("the sixth attempt of an address within a minute is told how long to wait, and is let in after it", () => {
  const rate = openRate();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect(rate.begin("192.0.2.1")).toBe(0);
    rate.advance(1000);
  }
  expect(rate.begin("192.0.2.1")).toBe(55_000);
  expect(rate.begin("192.0.2.2")).toBe(0);
  rate.advance(55_000);
  expect(rate.begin("192.0.2.1")).toBe(0);
});

test("an attempt that was told to wait does not lengthen the wait", () => {
  const rate = openRate();
  for (let attempt = 0; attempt < 5; attempt += 1) rate.begin("192.0.2.1");
  for (let attempt = 0; attempt < 1000; attempt += 1) expect(rate.begin("192.0.2.1")).toBe(60_000);
  rate.advance(60_000);
  expect(rate.begin("192.0.2.1")).toBe(0);
});

test("all addresses together have thirty attempts a minute", () => {
  const rate = openRate();
  for (let host = 0; host < 30; host += 1) expect(rate.begin(`192.0.2.${host}`)).toBe(0);
  expect(rate.begin("198.51.100.1")).toBe(60_000);
});

test.each([
  ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true],
  ["2001:db8:1:2::1", "2001:0DB8:0001:0002:0:0:0:1", true],
  ["2001:db8::1", "2001:db8:0:0:1::", true],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
  ["::ffff:192.0.2.1", "192.0.2.1", true],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
  ["fe80::1%eth0", "fe80::2%eth1", true],
])("%s and %s count as one address: %s", (one, other, same) => {
  const rate = openRate({ perAddress: 1 });
  rate.begin(one);
  expect(rate.begin(other) > 0).toBe(same);
});
