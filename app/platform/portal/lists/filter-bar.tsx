import { Search, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Form, useLocation } from "react-router";

import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";
import { TextLink } from "#app/ui/text-link.tsx";

/** A list's search and filters, kept in its address. The filters are in a sheet where they do not fit in a line. */
export function FilterBar({
  search,
  searchLabel,
  active,
  kept = {},
  children,
}: {
  /** What is searched for now. */
  search: string | undefined;
  searchLabel: string;
  /** How many filters are set. */
  active: number;
  /** What else of the address a search leaves as it is. */
  kept?: Record<string, string | undefined>;
  children?: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const sheetId = useId();
  const address = useLocation().search;
  // Back, forward and "Clear" change the address below what was typed.
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the address is what it answers to
  useEffect(() => form.current?.reset(), [address]);
  return (
    <search>
      <Form
        ref={form}
        method="get"
        onSubmit={() => sheet.current?.hidePopover()}
        className="flex flex-wrap items-end gap-2 text-small"
      >
        {Object.entries(kept).map(
          ([name, value]) =>
            value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
        )}
        <TextField
          label={searchLabel}
          name="q"
          type="search"
          defaultValue={search ?? ""}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="search"
          className="min-w-40 flex-1 sm:max-w-96 xl:max-w-72"
        />
        {children && (
          <>
            <span className="xl:hidden">
              <Button popoverTarget={sheetId} aria-label={active > 0 ? `Filters, ${active} set` : "Filters"}>
                <SlidersHorizontal aria-hidden className="size-4" />
                {active > 0 && active}
              </Button>
            </span>
            <div
              ref={sheet}
              id={sheetId}
              popover="auto"
              className="inset-x-3 top-auto bottom-3 m-0 w-auto flex-col gap-3 rounded-panel border border-line bg-raised p-4 text-text shadow-floating open:flex sm:max-xl:start-auto sm:max-xl:w-80 xl:static xl:flex xl:flex-row xl:flex-wrap xl:items-end xl:gap-2 xl:overflow-visible xl:border-0 xl:bg-transparent xl:p-0 xl:shadow-none"
            >
              {children}
              <div className="xl:hidden">
                <Button type="submit" kind="primary">
                  Show
                </Button>
              </div>
            </div>
          </>
        )}
        <Button type="submit" aria-label="Search">
          <Search aria-hidden className="size-4" />
        </Button>
        {(active > 0 || search) && (
          <span className="py-2">
            <TextLink to=".">Clear</TextLink>
          </span>
        )}
      </Form>
    </search>
  );
}
