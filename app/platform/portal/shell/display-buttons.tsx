import { Clock, Moon, Sun, SunMoon } from "lucide-react";
import { useFetcher } from "react-router";

import { type Display, type Theme, THEMES } from "../display/display.ts";
import { Entry, ENTRY } from "./navigation-entry.tsx";

const ICONS: Record<Theme, typeof Sun> = { auto: SunMoon, dark: Moon, light: Sun };

/** Times in UTC or as on the reader's own clock, and dark or light: kept with the launch. */
export function DisplayButtons({ launchId, display }: { launchId: string; display: Display }) {
  const { submit } = useFetcher();
  const choose = (change: Partial<Display>) =>
    void submit({ ...display, ...change }, { method: "post", action: `/portal/${launchId}/display` });
  const isUtc = display.timeZone === "UTC";
  const nextTheme = THEMES[(THEMES.indexOf(display.theme) + 1) % THEMES.length]!;
  return (
    <>
      <button
        type="button"
        className={ENTRY}
        onClick={() => choose({ timeZone: isUtc ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC" })}
      >
        <Entry Icon={Clock}>{isUtc ? "Times in UTC" : "Times on your clock"}</Entry>
      </button>
      <button type="button" className={ENTRY} onClick={() => choose({ theme: nextTheme })}>
        <Entry Icon={ICONS[display.theme]}>{`Colours: ${display.theme}`}</Entry>
      </button>
    </>
  );
}
