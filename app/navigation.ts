import {
  ArrowLeftRight,
  Bell,
  BookText,
  History,
  LayoutDashboard,
  type LucideIcon,
  Radar,
  Users,
  Wallet,
} from "lucide-react";

export type Screen = {
  /** The link's name and the page's title. */
  name: string;
  /** Below `/portal/:launchId`. */
  path: string;
  Icon: LucideIcon;
};

/** The portal's screens, in the order of its navigation. */
export const screens: readonly Screen[] = [
  { name: "Overview", path: ".", Icon: LayoutDashboard },
  { name: "Monitors", path: "monitors", Icon: Radar },
  { name: "Alerts", path: "alerts", Icon: Bell },
  { name: "Balances", path: "balances", Icon: Wallet },
  { name: "Transactions", path: "transactions", Icon: ArrowLeftRight },
  { name: "Ledgers", path: "ledgers", Icon: BookText },
  { name: "Identities", path: "identities", Icon: Users },
  { name: "Activity", path: "activity", Icon: History },
];
