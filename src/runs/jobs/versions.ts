import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { Analysis } from '../../api/client/types';
import { RescaleError } from '../../api/errors/errors';
import { namedOf, PAGE_SIZE } from './catalog';
import { coreTypeOf, type Draft, type Tile } from './definition';

/** Software by its code; null for what the catalog does not list. */
export async function readAnalysis(
  client: RescaleClient,
  code: string,
  options: CallOptions,
): Promise<Analysis | null> {
  for await (const page of client.listAnalyses({ ...options, pageSize: PAGE_SIZE })) {
    const found = page.rows.find((analysis) => analysis.code === code);
    if (found) return found;
  }
  return null;
}

/** A version by its code, or as people read it. Rejects with RESCALE_INPUT one that the catalog does not list. */
export async function changeVersion(
  client: RescaleClient,
  { analysis }: Tile,
  wanted: string,
  options: CallOptions,
): Promise<void> {
  const known = await readAnalysis(client, analysis.code, options);
  const versions = known?.versions ?? [];
  const found =
    versions.find(({ versionCode }) => versionCode === wanted) ??
    versions.find(({ version }) => version?.trim() === wanted.trim());
  if (found?.versionCode === undefined) {
    const choices = namedOf(versions.flatMap(({ versionCode }) => versionCode ?? []));
    const values = { analysis: analysis.code, version: wanted, choices };
    throw new RescaleError('RESCALE_INPUT', 'submit-no-version', values);
  }
  analysis.version = found.versionCode;
}

/** Rejects with RESCALE_INPUT when a version of the software does not run on the core type. */
export async function checkVersions(
  client: RescaleClient,
  draft: Draft,
  options: CallOptions,
): Promise<void> {
  const open = draft.jobanalyses.filter(({ analysis }) => analysis.version !== undefined);
  for await (const page of client.listAnalyses({ ...options, pageSize: PAGE_SIZE })) {
    for (const { analysis, hardware } of open) {
      const known = page.rows.find(({ code }) => code === analysis.code);
      const version = known?.versions?.find(({ versionCode }) => versionCode === analysis.version);
      const allowed = version?.allowedCoreTypes;
      const coreType = coreTypeOf(hardware) ?? '';
      if (!allowed || allowed.length === 0 || allowed.includes(coreType)) continue;
      throw new RescaleError('RESCALE_INPUT', 'submit-version', {
        analysis: analysis.code,
        version: analysis.version ?? '',
        coreType,
        choices: namedOf(allowed),
      });
    }
  }
}
