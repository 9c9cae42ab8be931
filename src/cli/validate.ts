/**
 * `microlith validate IMAGE`: every digest, size and media type derived again. Ends with 1 when something is wrong.
 */

import { referrersAmong } from "../image/referrers.ts";
import { validate as findProblems } from "../image/validate.ts";
import { openLocation } from "../move.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findImage, registryOf } from "./subject.ts";
import { note, result } from "./terminal.ts";

export interface ValidateFlags extends RegistryFlags {
  readonly referrers?: boolean;
  readonly json?: boolean;
}

/** Returns the exit code. */
export async function validate(text: string, flags: ValidateFlags): Promise<0 | 1> {
  const location = findImage(text);
  const registry = await parseRegistryOptions(flags, registryOf(location));
  const opened = await openLocation(location, {
    env: process.env,
    registry,
    ...(flags.referrers === true ? { referrers: true } : {}),
  });
  try {
    const { source, root } = opened;
    const findings = [...(await findProblems(source, root.descriptor))];
    // Which artifacts belong to an image that is broken cannot be told.
    const referrers = findings.length > 0 ? [] : await referrersAmong(source, root.descriptor);
    for (const { descriptor } of referrers) findings.push(...(await findProblems(source, descriptor)));
    const { digest } = root.descriptor;
    if (flags.json === true) {
      result(JSON.stringify({ digest, valid: findings.length === 0, findings }));
    } else {
      for (const { where, message } of findings) result(`${where} ${message}`);
      if (findings.length === 0) result(`${digest} is valid`);
      else note(`microlith: ${text}: ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`);
    }
    return findings.length === 0 ? 0 : 1;
  } finally {
    await opened.close();
  }
}
