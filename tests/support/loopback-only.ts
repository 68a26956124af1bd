import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

/**
 * Loaded before what is tested: no host name but this machine's is asked for, as if there were no network, so that the
 * examples' addresses are nobody's.
 */
const lookup = dns.lookup.bind(dns);

dns.lookup = Object.assign((hostname: string, ...rest: unknown[]) => {
  // An address is its own answer; listening asks for it, too.
  if (hostname === "localhost" || isIP(hostname) > 0)
    return Reflect.apply(lookup, dns, [hostname, ...rest]) as void;
  const done = rest.at(-1) as (error: NodeJS.ErrnoException) => void;
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    hostname,
  });
  process.nextTick(done, error);
}, lookup) as typeof dns.lookup;

syncBuiltinESMExports();
