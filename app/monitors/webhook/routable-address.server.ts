import { BlockList, isIP } from "node:net";

/** IPv4 addresses that are not, or not only, hosts of the public internet (IANA's special-purpose registry). */
const SPECIAL_IPV4 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  // Azure's platform services answer at this public-looking address from inside only.
  ["168.63.129.16", 32],
] as const)
  SPECIAL_IPV4.addSubnet(network, prefix, "ipv4");

/**
 * The only IPv6 space that is handed out to public hosts; all else (loopback, mapped and translated IPv4, unique local
 * such as a platform's private network, link-local, multicast) lies outside.
 */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet("2000::", 3, "ipv6");

/** Within it: protocol assignments (Teredo), documentation, 6to4. They can lead to any IPv4 address, or to none. */
const SPECIAL_IPV6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  SPECIAL_IPV6.addSubnet(network, prefix, "ipv6");
}

/** Whether an address is a host of the public internet and of no private network; false for what is no address. */
export function isGloballyRoutable(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL_IPV4.check(address, "ipv4");
  if (family === 6)
    return (
      !address.includes("%") && GLOBAL_IPV6.check(address, "ipv6") && !SPECIAL_IPV6.check(address, "ipv6")
    );
  return false;
}
