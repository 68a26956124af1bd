import type { WalletBusiness } from "./wallet-business.ts";
import { between } from "./random.ts";

/** Lets a business trade every few seconds until the answered function is called, so that charts and monitors move. */
export function startLiveTraffic(business: WalletBusiness, random: () => number): () => void {
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(
      () => {
        business.act();
        next();
      },
      between(random, 600, 3_000),
    );
    timer.unref();
  };
  next();
  return () => clearTimeout(timer);
}
