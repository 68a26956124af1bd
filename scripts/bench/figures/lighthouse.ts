import { judgeOverview } from "#scripts/test-tools/judges.ts";
import { startTarget } from "#scripts/test-tools/target.ts";
import { type Figure, judge } from "../figure.ts";

/** P9's scores by Lighthouse, as `npm run test:tools -- lighthouse` has them; npm fetches it where it can. */
export async function measureLighthouse(): Promise<Figure[]> {
  const target = await startTarget();
  try {
    const { version, categories } = await judgeOverview(target);
    return categories.map(({ title, score }) => figureOf(title, score * 100, `version ${version}, desktop`));
  } catch (error) {
    return [
      figureOf("all scores", Number.NaN, `not run: ${String(error)}; npm run test:tools -- lighthouse`),
    ];
  } finally {
    await target.stop();
  }
}

function figureOf(title: string, figure: number, detail: string): Figure {
  return judge({
    id: "P9",
    name: `Lighthouse of the overview: ${title}`,
    figure,
    unit: "",
    least: 95,
    detail,
  });
}
