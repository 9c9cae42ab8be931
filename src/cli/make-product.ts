/**
 * From an input to executables: the front end runs once, the rest of the compiler once per platform.
 */

import { UserError } from "../base/errors.ts";
import {
  type Compilation,
  type CompileInput,
  compile,
  type PhaseListener,
  parseProgram,
} from "../compile.ts";
import type { Executable, ItemKind } from "../elf/executable.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule } from "../lang/virtual-module.ts";
import type { SiteFile } from "../site/scan.ts";
import type { Target } from "../target/target.ts";
import { targets } from "../target/targets.ts";
import type { Input } from "./input.ts";
import { optimizeLate } from "./optimize-late.ts";
import type { Emit } from "./options.ts";
import type { ExecutableSizes, Product, ProductExecutable, ProductOptions } from "./product.ts";
import { makeSources, type Sources } from "./sources.ts";
import { note, progress } from "./terminal.ts";

/** The platforms that there is a target for. */
export const madePlatforms: readonly string[] = targets.map((target) => target.platform);

/** `begin` is told the phases of the compiler, for measurements. @throws DiagnosticError or UserError */
export async function makeProduct(
  input: Input,
  options: ProductOptions,
  begin?: PhaseListener,
): Promise<Product> {
  const toExecutable = ({ target, executable }: Compilation): ProductExecutable => {
    if (executable.note !== undefined) note(`microlith: ${target.platform}: ${executable.note}`);
    return {
      platform: target.platform,
      file: executable.file,
      sizes: sizesOf(executable),
      // A map is for one platform, and a site of many files has as many items for each.
      items: options.platforms.length === 1 ? executable.items : [],
    };
  };
  const packsTables = options.layout !== "tight";
  const { results, files } = await compileInput(input, options, toExecutable, packsTables, begin);
  return { kind: input.kind, files, executables: results };
}

/** One stage of the compiler as text, for the only platform in `options`. */
export async function emitStage(input: Input, options: ProductOptions, stage: Emit): Promise<string> {
  const { renderStage } = await import("./render-stage.ts");
  const render = (compilation: Compilation): string => renderStage(compilation, stage);
  // In C there is no linker of ours that packs them.
  const packsTables = options.layout !== "tight" && stage !== "c";
  return (await compileInput(input, options, render, packsTables)).results.join("");
}

interface Compiled<T> {
  readonly results: readonly T[];
  readonly files: readonly SiteFile[];
}

/** For each platform what `use` makes of its compilation; the rest of one is gone when the next is made. */
async function compileInput<T>(
  input: Input,
  options: ProductOptions,
  use: (compilation: Compilation) => T,
  packsTables: boolean,
  begin?: PhaseListener,
): Promise<Compiled<T>> {
  optimizeLate();
  const { files = [], ...source } = await sourceOf(input, options, packsTables);
  progress("compiling");
  const program = parseProgram(source, begin);
  const results = targetsOf(options).map((target) =>
    use(
      compile(
        program,
        source.modules,
        target,
        layoutFor(target, options),
        options.debug,
        begin,
        options.optimize,
      ),
    ),
  );
  return { results, files };
}

/** A minimal server is tight where that costs it nothing: on 386 its stack would be executable. */
function layoutFor({ id }: Target, { layout, minimal }: ProductOptions): "plain" | "tight" {
  return layout ?? (minimal === true && id === "amd64" ? "tight" : "plain");
}

/** With the files of a site. */
type ProductSource = CompileInput & { readonly files?: readonly SiteFile[] };

async function sourceOf(input: Input, options: ProductOptions, packsTables: boolean): Promise<ProductSource> {
  const sources = makeSources();
  switch (input.kind) {
    case "site":
      return options.minimal === true
        ? minimalSource(input.path, options, sources)
        : siteSource(input.path, options, sources, packsTables);
    case "program":
      if (options.minimal === true) {
        throw new UserError("--minimal is about a site's server, and this is a program", {
          help: "Leave --minimal out.",
        });
      }
      return { entry: sources.read(input.path), resolve: sources.resolve, modules: programModules(sources) };
  }
}

/** The server, with the folder's site in it. `packsTables`: they may be packed, where that saves something. */
async function siteSource(
  folder: string,
  options: ProductOptions,
  sources: Sources,
  packsTables: boolean,
): Promise<ProductSource> {
  progress("reading the site");
  const [
    { scanSite },
    { codeContents },
    { makeEncodeWorkers },
    { defaultSiteOptions },
    { siteModule },
    { defaultServerOptions, optionsModule },
    { liveRoutes },
    { isWorthPacking },
  ] = await Promise.all([
    import("../site/scan.ts"),
    import("../site/codings.ts"),
    import("./encode-workers.ts"),
    import("../site/site-options.ts"),
    import("../site/bundle.ts"),
    import("../site/server-options.ts"),
    import("../site/live-routes.ts"),
    import("../site/worth-packing.ts"),
  ]);
  const siteOptions = options.site ?? defaultSiteOptions;
  const site = scanSite(folder, siteOptions, options.outputs);
  for (const text of site.notes) note(`microlith: ${text}`);
  const { port, host } = options;
  const serverOptions = { ...defaultServerOptions, ...options.server, port, host };
  if (siteOptions.codings.some((coding) => coding !== "identity")) progress("compressing content");
  const workers = makeEncodeWorkers();
  const coded = await codeContents(site.files, siteOptions, workers.open).finally(workers.close);
  const modules = new Map(programModules(sources));
  const declarations = (name: string): SourceFile => sources.readOwn(`runtime/modules/${name}.d.ts`);
  const siteOf = (hasPackedTables: boolean): VirtualModule =>
    siteModule(site, declarations("site"), liveRoutes(serverOptions, hasPackedTables), {
      options: siteOptions,
      coded,
      hasPackedTables,
    });
  const plain = siteOf(false);
  // Made again only for a site of little content.
  const hasPackedTables = packsTables && isWorthPacking(plain.objects.values());
  const made = hasPackedTables ? siteOf(true) : plain;
  const codings = made.values.get("hasCodings");
  const features = {
    hasCodings: codings?.kind === "boolean" && codings.value,
    hasLastModified: siteOptions.lastModified !== undefined,
    hasPackedTables,
  };
  modules.set("microlith:site", made);
  modules.set("microlith:options", optionsModule(serverOptions, declarations("options"), features));
  const entry = sources.readOwn("runtime/server/main.ts");
  return { entry, resolve: sources.resolve, modules, files: site.files };
}

/** The smallest server, with the folder's only page in it. */
async function minimalSource(
  folder: string,
  options: ProductOptions,
  sources: Sources,
): Promise<CompileInput> {
  progress("reading the site");
  const [
    { scanSite },
    { defaultSiteOptions },
    { pageModule },
    { defaultServerOptions, optionsModule },
    { checkMinimal },
  ] = await Promise.all([
    import("../site/scan.ts"),
    import("../site/site-options.ts"),
    import("../site/page.ts"),
    import("../site/server-options.ts"),
    import("./minimal.ts"),
  ]);
  const { port, host, server = {}, site: siteOptions = defaultSiteOptions } = options;
  checkMinimal(server, siteOptions);
  const site = scanSite(folder, siteOptions);
  for (const text of site.notes) note(`microlith: ${text}`);
  const declarations = (name: string): SourceFile => sources.readOwn(`runtime/modules/${name}.d.ts`);
  const modules = new Map(programModules(sources));
  modules.set("microlith:page", pageModule(site, declarations("page"), siteOptions));
  const serverOptions = { ...defaultServerOptions, port, host };
  modules.set("microlith:options", optionsModule(serverOptions, declarations("options")));
  return { entry: sources.readOwn("runtime/minimal/main.ts"), resolve: sources.resolve, modules };
}

/** What every program can import. The values are the target's, or derived from the program. */
function programModules(sources: Sources): ReadonlyMap<string, VirtualModule> {
  const declare = (name: string): [string, VirtualModule] => [
    `microlith:${name}`,
    { declarations: sources.readOwn(`runtime/modules/${name}.d.ts`), values: new Map(), objects: new Map() },
  ];
  return new Map([declare("target"), declare("sandbox"), declare("tables")]);
}

function targetsOf(options: ProductOptions): readonly Target[] {
  return targets.filter((target) => options.platforms.includes(target.platform));
}

function sizesOf(executable: Executable): ExecutableSizes {
  const sum = (...kinds: readonly ItemKind[]): number =>
    executable.items
      .filter((item) => kinds.includes(item.kind))
      .reduce((total, item) => total + item.size, 0);
  return {
    codeBytes: sum("code"),
    tableBytes: sum("table", "constant", "storage", "padding"),
    headerBytes: sum("header", "debug"),
    contentBytes: sum("content"),
  };
}
