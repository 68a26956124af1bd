export type Currency = "USD" | "NGN" | "GBP";

export type Person = { first: string; last: string; city: string; country: string; currencies: Currency[] };

export type Company = { name: string; category: string; city: string; country: string; currency: Currency };

export const PEOPLE: Person[] = [
  { first: "Ada", last: "Obi", city: "Lagos", country: "NG", currencies: ["USD", "NGN"] },
  { first: "Tunde", last: "Bakare", city: "Lagos", country: "NG", currencies: ["NGN"] },
  { first: "Ngozi", last: "Eze", city: "Enugu", country: "NG", currencies: ["NGN", "GBP"] },
  { first: "Emeka", last: "Nwosu", city: "Abuja", country: "NG", currencies: ["NGN"] },
  { first: "Zainab", last: "Yusuf", city: "Kano", country: "NG", currencies: ["NGN", "USD"] },
  { first: "Femi", last: "Adeyemi", city: "Ibadan", country: "NG", currencies: ["NGN"] },
  { first: "Halima", last: "Sani", city: "Kaduna", country: "NG", currencies: ["NGN"] },
  { first: "Chidi", last: "Okafor", city: "Port Harcourt", country: "NG", currencies: ["NGN", "USD"] },
  { first: "Amara", last: "Umeh", city: "Lagos", country: "NG", currencies: ["NGN"] },
  { first: "Oliver", last: "Grant", city: "Manchester", country: "GB", currencies: ["GBP"] },
  { first: "Priya", last: "Shah", city: "Leicester", country: "GB", currencies: ["GBP", "USD"] },
  { first: "Megan", last: "Hughes", city: "Cardiff", country: "GB", currencies: ["GBP"] },
  { first: "Callum", last: "Reid", city: "Glasgow", country: "GB", currencies: ["GBP"] },
  { first: "Grace", last: "Owusu", city: "London", country: "GB", currencies: ["GBP", "NGN"] },
  { first: "Samir", last: "Haddad", city: "London", country: "GB", currencies: ["GBP"] },
  { first: "Elena", last: "Rossi", city: "Bristol", country: "GB", currencies: ["GBP"] },
  { first: "Marcus", last: "Bell", city: "Houston", country: "US", currencies: ["USD"] },
  { first: "Sofia", last: "Ramirez", city: "Austin", country: "US", currencies: ["USD"] },
  { first: "Daniel", last: "Kim", city: "Seattle", country: "US", currencies: ["USD"] },
  { first: "Hannah", last: "Weiss", city: "Chicago", country: "US", currencies: ["USD", "GBP"] },
  { first: "Jamal", last: "Carter", city: "Atlanta", country: "US", currencies: ["USD"] },
  { first: "Linh", last: "Tran", city: "San Jose", country: "US", currencies: ["USD"] },
  { first: "Kwame", last: "Mensah", city: "New York", country: "US", currencies: ["USD", "NGN"] },
];

export const COMPANIES: Company[] = [
  { name: "Balogun Foods", category: "groceries", city: "Lagos", country: "NG", currency: "NGN" },
  { name: "Swift Ride", category: "transport", city: "Lagos", country: "NG", currency: "NGN" },
  { name: "Delta Power & Light", category: "utilities", city: "Warri", country: "NG", currency: "NGN" },
  { name: "Thistle Coffee", category: "food", city: "Edinburgh", country: "GB", currency: "GBP" },
  { name: "Camden Books", category: "retail", city: "London", country: "GB", currency: "GBP" },
  { name: "Lone Star Outfitters", category: "retail", city: "Dallas", country: "US", currency: "USD" },
  { name: "Cloudberry Software", category: "software", city: "Portland", country: "US", currency: "USD" },
];
