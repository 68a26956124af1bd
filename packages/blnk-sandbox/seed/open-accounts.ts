import { type Ledger, createBalance, createLedger, newId, resolveBalance } from "../ledger/ledger.ts";
import type { Balance, Identity } from "../ledger/rows.ts";
import { COMPANIES, type Company, type Currency, PEOPLE, type Person } from "./customers.ts";
import { between, pick } from "./random.ts";

export const CURRENCIES: Currency[] = ["USD", "NGN", "GBP"];

const DIALLING: Record<string, string> = { NG: "+23480", GB: "+4477009", US: "+1555" };

export type Wallet = { balance: Balance; owner: string; currency: Currency };

type Shop = Wallet & { category: string };

export type Accounts = {
  wallets: Wallet[];
  shops: Shop[];
  safeguarding: Map<Currency, Balance>;
  feeIncome: Map<Currency, Balance>;
};

/** The chart of accounts and the customers of a wallet company, all at zero. */
export function openAccounts(ledger: Ledger, random: () => number): Accounts {
  const wallets = createLedger(ledger, "Customer wallets", { owner: "operations" });
  const settlements = createLedger(ledger, "Merchant settlements", { owner: "operations" });
  const fees = createLedger(ledger, "Fees", { owner: "finance" });
  const treasury = createLedger(ledger, "Treasury", { owner: "finance" });
  const accounts: Accounts = { wallets: [], shops: [], safeguarding: new Map(), feeIncome: new Map() };
  for (const currency of CURRENCIES) {
    openIndicator(ledger, `@World-${currency}`, currency, "World");
    openIndicator(ledger, "@treasury", currency, "Treasury");
    openIndicator(ledger, "@fees", currency, "Fees collected");
    accounts.feeIncome.set(currency, open(ledger, fees.ledger_id, currency, `Fee income – ${currency}`));
    const account = open(ledger, treasury.ledger_id, currency, `Safeguarding account – ${currency}`);
    accounts.safeguarding.set(currency, account);
  }
  for (const person of PEOPLE) {
    const owner = `${person.first} ${person.last}`;
    const { identity_id } = addPerson(ledger, random, person);
    for (const currency of person.currencies) {
      const balance = open(ledger, wallets.ledger_id, currency, `${owner} – ${currency} wallet`, identity_id);
      accounts.wallets.push({ balance, owner, currency });
    }
  }
  for (const company of COMPANIES) {
    const { name, currency, category } = company;
    const { identity_id } = addCompany(ledger, random, company);
    const balance = open(
      ledger,
      settlements.ledger_id,
      currency,
      `${name} – ${currency} settlement`,
      identity_id,
    );
    accounts.shops.push({ balance, owner: name, currency, category });
  }
  return accounts;
}

function openIndicator(ledger: Ledger, indicator: string, currency: Currency, name: string): void {
  resolveBalance(ledger, indicator, currency)!.meta_data = { name: `${name} – ${currency}` };
}

function open(
  ledger: Ledger,
  ledger_id: string,
  currency: Currency,
  name: string,
  identity_id = "",
): Balance {
  return createBalance(ledger, {
    ledger_id,
    currency,
    identity_id,
    indicator: undefined,
    meta_data: { name },
    track_fund_lineage: false,
    allocation_strategy: undefined,
  });
}

function addPerson(ledger: Ledger, random: () => number, { first, last, city, country }: Person): Identity {
  return addIdentity(ledger, random, country, {
    identity_type: "individual",
    first_name: first,
    last_name: last,
    email_address: `${first}.${last}@example.com`.toLowerCase(),
    category: "customer",
    nationality: country,
    city,
  });
}

function addCompany(
  ledger: Ledger,
  random: () => number,
  { name, category, city, country }: Company,
): Identity {
  return addIdentity(ledger, random, country, {
    identity_type: "organization",
    organization_name: name,
    email_address: `finance@${name.toLowerCase().replaceAll(/[^a-z]+/g, "-")}.example`,
    category,
    city,
  });
}

function addIdentity(
  ledger: Ledger,
  random: () => number,
  country: string,
  known: Partial<Identity>,
): Identity {
  return ledger.identities.insert({
    identity_id: newId("idt"),
    identity_type: "",
    organization_name: "",
    category: "",
    first_name: "",
    last_name: "",
    other_names: "",
    gender: "",
    email_address: "",
    phone_number: `${DIALLING[country] ?? "+1555"}${between(random, 10_000, 99_999)}`,
    nationality: "",
    street: "",
    country,
    state: "",
    post_code: "",
    city: "",
    dob: undefined,
    created_at: ledger.clock.now(),
    meta_data: { tier: pick(random, ["basic", "verified", "verified", "premium"]) },
    ...known,
  });
}
