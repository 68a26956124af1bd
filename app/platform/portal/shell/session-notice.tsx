import { Clock, Unplug } from "lucide-react";
import { useEffect, useRef } from "react";

import { useSessionMinutes } from "./session-clock.ts";

const WARNED_MINUTES = 2;

/** Says in the last two minutes how many are left, then covers the page. */
export function SessionNotice({ remainingMs }: { remainingMs: number }) {
  const minutes = useSessionMinutes(remainingMs);
  return (
    <>
      <output className="flex items-center gap-2 not-empty:mb-4 text-small text-quiet">
        {minutes > 0 && minutes <= WARNED_MINUTES && (
          <>
            <Clock aria-hidden className="size-3.5 shrink-0 text-attention" />
            This session ends in {minutes === 1 ? "less than a minute" : `${minutes} minutes`}. Relaunch from
            Blnk Cloud to go on.
          </>
        )}
      </output>
      {minutes === 0 && <SessionEndedSheet />}
    </>
  );
}

function SessionEndedSheet() {
  const sheet = useRef<HTMLDialogElement>(null);
  useEffect(() => sheet.current?.showModal(), []);
  return (
    <dialog
      ref={sheet}
      aria-labelledby="session-ended"
      // Nothing on the page works any more, so the sheet stays.
      onCancel={(event) => event.preventDefault()}
      onClose={() => sheet.current?.showModal()}
      className="mx-auto mt-auto mb-3 w-[calc(100%-1.5rem)] max-w-md rounded-panel border border-line bg-raised p-5 text-text shadow-floating outline-none backdrop:bg-[rgb(0_0_0/0.3)] sm:mb-auto"
    >
      <div className="flex items-start gap-3">
        <Unplug aria-hidden className="mt-1 size-5 shrink-0 text-attention" />
        <div className="space-y-1">
          <h2 id="session-ended" className="text-title leading-tight font-semibold">
            Session ended, relaunch from Blnk Cloud
          </h2>
          <p className="text-quiet">The page behind this stays as it is until you leave it.</p>
        </div>
      </div>
    </dialog>
  );
}
