import { useEffect, useState } from "react";

import { sessionEnd } from "./session-end.ts";

const MINUTE = 60_000;

/** Minutes left, rounded up; 0 once the session has ended, by time or by the server's word. */
export function useSessionMinutes(remainingMs: number): number {
  const [minutes, setMinutes] = useState(Math.ceil(remainingMs / MINUTE));
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    const endsAt = Date.now() + remainingMs;
    const timer = setInterval(() => setMinutes(Math.max(0, Math.ceil((endsAt - Date.now()) / MINUTE))), 1000);
    return () => clearInterval(timer);
  }, [remainingMs]);
  useEffect(() => {
    const end = () => setEnded(true);
    sessionEnd.addEventListener("end", end);
    return () => sessionEnd.removeEventListener("end", end);
  }, []);
  return ended ? 0 : minutes;
}
