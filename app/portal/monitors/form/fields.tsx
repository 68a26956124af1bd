import { useField } from "@conform-to/react/future";
import type { ComponentProps } from "react";

import { DAYS } from "#app/monitors/definition/monitor.ts";
import { SelectField, TextAreaField, TextField } from "#app/ui/field.tsx";

// Fields of a monitor's form: their names are the paths of its JSON.

type Named<Props> = { name: string } & Omit<Props, "name" | "error" | "defaultValue">;

export function Text({ name, ...rest }: Named<ComponentProps<typeof TextField>>) {
  return <TextField {...rest} {...useProps(name)} autoComplete="off" spellCheck={false} />;
}

export function TextArea({ name, ...rest }: Named<ComponentProps<typeof TextAreaField>>) {
  return <TextAreaField {...rest} {...useProps(name)} />;
}

export function Select({ name, ...rest }: Named<ComponentProps<typeof SelectField>>) {
  return <SelectField {...rest} {...useProps(name)} />;
}

export function Minutes(props: Named<ComponentProps<typeof TextField>>) {
  return <Text inputMode="numeric" {...props} />;
}

/** An exact decimal in major units. */
export function Decimal(props: Named<ComponentProps<typeof TextField>>) {
  return <Text inputMode="decimal" {...props} />;
}

const DAY_NAMES = { mon: "Mon", tue: "Tue", wed: "Wed", thu: "Thu", fri: "Fri", sat: "Sat", sun: "Sun" };

/** Days, hours and a time zone, each of which may be left out. */
export function WindowFields({ name, label }: { name: string; label: string }) {
  const { defaultOptions } = useField(`${name}.days`);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-label text-quiet">{label}</legend>
      <div className="mb-2 flex flex-wrap gap-x-4 gap-y-1">
        {DAYS.map((day) => (
          <label key={day} className="inline-flex min-h-7 items-center gap-1.5">
            <input
              type="checkbox"
              name={`${name}.days`}
              value={day}
              defaultChecked={defaultOptions.includes(day)}
              className="size-4"
            />
            {DAY_NAMES[day]}
          </label>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-[8rem_8rem_minmax(0,14rem)]">
        <Text name={`${name}.from`} label="From" type="time" />
        <Text name={`${name}.to`} label="To" type="time" />
        <Text
          name={`${name}.time_zone`}
          label="Time zone"
          placeholder="UTC"
          className="max-sm:col-span-2"
          maxLength={64}
        />
      </div>
    </fieldset>
  );
}

function useProps(name: string) {
  const { defaultValue, errors } = useField(name);
  return { name, defaultValue, error: (errors as string[] | undefined)?.join(" ") };
}
