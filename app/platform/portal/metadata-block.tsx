import { Card } from "#app/ui/card.tsx";
import { Section } from "#app/ui/section.tsx";

/** A record's metadata as it is stored, in JSON. */
export function MetadataBlock({ json }: { json: string }) {
  return (
    <Section label="Metadata">
      <Card>
        {json === "{}" ? (
          <p className="p-4 text-small text-quiet">This record has no metadata.</p>
        ) : (
          <pre dir="ltr" className="p-4 font-sans text-small whitespace-pre-wrap">
            {json}
          </pre>
        )}
      </Card>
    </Section>
  );
}
