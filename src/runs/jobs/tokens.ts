import { isRecord } from '../../api/endpoints/rows';
import { RescaleError } from '../../api/errors/errors';
import type { Tile } from './definition';

/** `{{name}}`: what stands for a value in commands and environment. */
const TOKEN = /\{\{\s*([\p{L}_][\p{L}\p{N}_.-]{0,99})\s*\}\}/gu;

/** Texts of a tile in which tokens are replaced. */
const COMMANDS = ['command', 'preProcessScriptCommand', 'postProcessScriptCommand'] as const;

/**
 * Puts the values in place of their tokens, in all tiles. Rejects with RESCALE_INPUT a token without a value and a value
 * without a token, because either is a mistake that would cost a computation. A text of `{{`…`}}` of another form stays.
 */
export function replaceTokens(tiles: Tile[], tokens: Readonly<Record<string, unknown>>): void {
  const used = new Set<string>();
  const replaced = (text: string) =>
    text.replace(TOKEN, (_, name: string) => {
      const value = Object.hasOwn(tokens, name) ? tokens[name] : undefined;
      if (!isValue(value)) throw new RescaleError('RESCALE_INPUT', 'submit-token-empty', { token: name });
      used.add(name);
      return String(value);
    });
  for (const tile of tiles) {
    for (const name of COMMANDS) {
      const text = tile[name];
      if (typeof text === 'string') tile[name] = replaced(text);
    }
    if (!isRecord(tile.envVars)) continue;
    for (const [name, value] of Object.entries(tile.envVars)) {
      if (typeof value === 'string') tile.envVars[name] = replaced(value);
    }
  }
  const unused = Object.keys(tokens).filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw new RescaleError('RESCALE_INPUT', 'submit-token-unused', { token: unused.join(', ') });
  }
}

function isValue(value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'boolean' || (typeof value === 'string' && value !== '');
}
