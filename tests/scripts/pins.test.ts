import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

type Lock = {
  packages: Record<string, { integrity?: string; inBundle?: boolean; link?: boolean; resolved?: string }>;
};

/** Packages that npm would install whatever their content is; a bundled one comes within another's, a linked one is ours. */
function unproven({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(
      ([path, { integrity = "", inBundle, link }]) =>
        path.includes("node_modules/") && !inBundle && !link && !integrity.startsWith("sha512-"),
    )
    .map(([path]) => path);
}

test("every package of the lock file, of other platforms too, is proven by its hash, and none names a registry", () => {
  const lock = JSON.parse(read("package-lock.json")) as Lock;
  expect(unproven(lock)).toEqual([]);
  expect(
    Object.values(lock.packages).filter(({ link, resolved }) => !link && resolved !== undefined),
  ).toEqual([]);
  const [, other] = Object.keys(lock.packages).filter((path) => path.includes("darwin"));
  delete lock.packages[other!]!.integrity;
  expect(unproven(lock)).toEqual([other]);
});

/** Actions that whoever owns their tag could replace. */
function movable(workflow: string): string[] {
  return [...workflow.matchAll(/^\s*-?\s*uses:\s*(\S+)/gm)]
    .map(([, action]) => action!)
    .filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action));
}

test("workflows name each action by its commit", () => {
  const folder = ".github/workflows";
  const workflows = readdirSync(join(ROOT, folder)).map((name) => read(join(folder, name)));
  expect(workflows.length).toBeGreaterThan(0);
  expect(workflows.flatMap(movable)).toEqual([]);
  expect(movable("      - uses: actions/checkout@v4\n")).toEqual(["actions/checkout@v4"]);
});

/** Base images that a registry could replace; `AS` names are this file's own stages. */
function unpinnedImages(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^FROM (\S+)/gm)]
    .map(([, image]) => image!)
    .filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image));
}

test("the image builds on one digest of the Node that the lock file names", () => {
  const dockerfile = read("Dockerfile");
  expect(unpinnedImages(dockerfile)).toEqual([]);
  const bases = [...dockerfile.matchAll(/^FROM node:([\d.]+)-\S+@(\S+)/gm)];
  const { optionalDependencies } = JSON.parse(read("package.json")) as {
    optionalDependencies: Record<string, string>;
  };
  expect(new Set(bases.map(([, version]) => version))).toEqual(new Set(Object.values(optionalDependencies)));
  expect(new Set(bases.map(([, , digest]) => digest)).size).toBe(1);
  expect(unpinnedImages("FROM node:24-slim\n")).toEqual(["node:24-slim"]);
});

const INGREDIENTS = ["app", "db", "scripts", "public"];
const IN_FOLDERS = ["", "data/", "backups/", "app/", "some/where/"];
const DATA = [
  "tidemark.db",
  "tidemark.db-wal",
  "tidemark.db-shm",
  "tidemark.db-journal",
  "tidemark.db.lock",
  "tidemark.db.replaced-20261124T120000Z",
  "tidemark.db.replaced-20261124T120000Z-wal",
  "tidemark.db.before-012.partial",
  "tidemark-20261124T120000Z.db",
  "tidemark-20261124T120000Z.db.sha256",
  ".env",
  ".env.production",
];

/** What a build sends of these paths, by Docker's rules: patterns start at the root, and a folder takes its files along. */
function sent(ignore: string, paths: readonly string[]): string[] {
  const patterns = ignore
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((pattern) => {
      const source = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*\*\/|\*/g, (stars) => (stars === "*" ? "[^/]*" : "(?:.*/)?"));
      return new RegExp(`^${source}(?:/.*)?$`);
    });
  return paths.filter((path) => !patterns.some((pattern) => pattern.test(path)));
}

test("no build takes a database, a backup or secrets along, wherever they lie", () => {
  const paths = IN_FOLDERS.flatMap((folder) => DATA.map((name) => folder + name));
  expect(sent(read(".dockerignore"), paths)).toEqual([]);
  expect(sent("data\n.env\n*.db\n*.db.sha256\n", paths)).toEqual(
    expect.arrayContaining(["tidemark.db-wal", "some/where/tidemark.db", ".env.production"]),
  );
});

test("a build takes along all that it is made of", () => {
  const sources = INGREDIENTS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)),
  );
  const needed = [...sources, "package.json", "package-lock.json", ".npmrc", "vite.config.ts"];
  expect(sources).toContain("app/platform/backups/back-up.server.ts");
  expect(sent(read(".dockerignore"), needed)).toEqual(needed);
});
