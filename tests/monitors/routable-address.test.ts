import { expect, test } from "vitest";

import { isGloballyRoutable } from "#app/monitors/webhook/routable-address.server.ts";
import { readWebhookUrl } from "#app/monitors/webhook/webhook-url.server.ts";

test.each([
  "127.0.0.1",
  "127.8.8.8",
  "0.0.0.0",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "100.100.100.200",
  "192.0.0.192",
  "192.0.2.1",
  "192.88.99.1",
  "198.18.0.1",
  "198.51.100.7",
  "203.0.113.9",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "168.63.129.16",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::ffff:0a00:0001",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "fe80::1",
  "fe80::1%eth0",
  "fc00::1",
  "fdaa:0:1::3",
  "ff02::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "fd00:ec2::254",
  "100::1",
  "not an address",
  "",
])("%s is not a public host", (address) => {
  expect(isGloballyRoutable(address)).toBe(false);
});

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.15.0.1",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700:4700::1111",
  "2a00:1450:4001::1",
])("%s is a public host", (address) => {
  expect(isGloballyRoutable(address)).toBe(true);
});

test.each([
  "http://hooks.example.com/a",
  "https://hooks.example.com:8443/a",
  "https://user@hooks.example.com/",
  "https://u:p@hooks.example.com/",
  "https://127.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://localhost/",
  "https://metadata.google.internal/",
  "https://app.internal/",
  "https://printer.local/",
  "https://intranet/",
  "https://hooks.example.com./",
  "https://hooks.example.com.evil.example/",
  "https://evilhooks.example.com/",
  "ftp://hooks.example.com/",
  "file:///etc/passwd",
  "nonsense",
  `https://hooks.example.com/${"a".repeat(3000)}`,
])("%s is refused where only hooks.example.com is allowed", (url) => {
  expect(() => readWebhookUrl(url, ["hooks.example.com"])).toThrow();
});

test("an allowed host is accepted, and with * any public name", () => {
  expect(readWebhookUrl("https://hooks.example.com/services/T?x=1#y", ["hooks.example.com"]).href).toBe(
    "https://hooks.example.com/services/T?x=1",
  );
  expect(readWebhookUrl("https://HOOKS.example.com:443/", ["*"]).host).toBe("hooks.example.com");
  expect(() => readWebhookUrl("https://127.1/", ["*"])).toThrow("must name a host");
  expect(() => readWebhookUrl("https://hooks.example.com/", [])).toThrow("WEBHOOK_HOSTS");
});
