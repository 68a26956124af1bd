import { Form, useNavigation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { Card } from "#app/ui/card.tsx";
import { ExactTime } from "#app/ui/relative-time.tsx";

import type { MonitorPageData } from "./load-monitor.server.ts";
import { MUTE_HOURS } from "./mute-hours.ts";

export function PauseButton({ isPaused }: { isPaused: boolean }) {
  return (
    <Form method="post">
      <ChangeButton change={isPaused ? "resume" : "pause"}>{isPaused ? "Resume" : "Pause"}</ChangeButton>
    </Form>
  );
}

export function MuteForm({ isMuted, until, windows }: MonitorPageData["mute"]) {
  return (
    <Card className="space-y-3 p-4">
      <p>
        {until !== undefined ? (
          <>
            Muted until <ExactTime at={until} />.
          </>
        ) : isMuted ? (
          "Muted now, in one of its windows."
        ) : (
          "Not muted."
        )}
        {windows > 0 && ` It has ${windows === 1 ? "a window" : `${windows} windows`}, under Edit.`}
      </p>
      <Form method="post" className="flex flex-wrap items-end gap-3">
        <SelectField label="For" name="hours" defaultValue="8" className="w-36">
          {MUTE_HOURS.map(({ hours, words }) => (
            <option key={hours} value={hours}>
              {words}
            </option>
          ))}
        </SelectField>
        <ChangeButton change="mute">Mute</ChangeButton>
        {until !== undefined && <ChangeButton change="unmute">End mute</ChangeButton>}
      </Form>
      <p className="text-small text-quiet">
        While muted it looks, and raises nothing. What still holds at the end is raised then.
      </p>
    </Card>
  );
}

function ChangeButton({ change, children }: { change: string; children: string }) {
  const isSending = useNavigation().formMethod === "POST";
  return (
    <Button type="submit" name="change" value={change} disabled={isSending}>
      {children}
    </Button>
  );
}
