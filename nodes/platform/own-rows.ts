/** Rows that only the platform's dialog has. */
import type { OwnField } from '../dialog/field';
import { own } from '../dialog/kinds';

const REGIONS = {
  us: 'https://platform.rescale.com',
  eu: 'https://eu.rescale.com',
  kr: 'https://kr.rescale.com',
  jp: 'https://platform.rescale.jp',
  itar: 'https://itar.rescale.com',
  gov: 'https://itar.rescale-gov.com',
  simulator: 'simulator',
  other: '',
};
const regions = Object.entries(REGIONS).map(
  ([name, url]) => `<option value="${url}" data-i18n="{{region.${name}}}"></option>`,
);
const FULL = 'style="width: calc(100% - 140px)"';
const labelFor = (name: string, icon: string) =>
  `<label for="node-config-input-${name}"><i class="fa fa-${icon}"></i> <span data-i18n="{{field.${name}}}"></span></label> `;
/** A config node that is used only while its box is ticked. */
export const optional = (name: 'tls' | 'proxy', type: string) =>
  own(name, {
    html: `<div class="rescale-check"><input type="checkbox" id="rescale-use-${name}">
      <label for="rescale-use-${name}" data-i18n="node-red:httpin.use-${name}"></label></div>
      <div id="rescale-${name}-row">${labelFor(name, 'cog')}<input type="text" id="node-config-input-${name}" ${FULL}></div>`,
    stores: [{ name, initial: '', configType: type }],
  });

/** The regions of Rescale; another address has a row of its own. */
export const region = (): OwnField =>
  own('region', {
    html: `${labelFor('region', 'globe')}<select id="node-config-input-region" ${FULL}>${regions.join('')}</select>
      <div class="rescale-hint" id="rescale-simulator-hint" data-i18n="{{note.simulator}}"></div>`,
    stores: [],
  });

export const address = (): OwnField =>
  own('url', {
    html: `${labelFor('url', 'link')}<input type="text" id="node-config-input-url" ${FULL} data-i18n="[placeholder]{{placeholder.url}}">`,
    stores: [{ name: 'url', initial: 'https://platform.rescale.com', rule: 'address' }],
  });

export const apiKey = (): OwnField =>
  own('token', {
    html: `${labelFor('token', 'key')}<input type="password" id="node-config-input-token" ${FULL} autocomplete="new-password" placeholder="\${RESCALE_API_KEY}">`,
    stores: [],
  });

export const connectionTest = (): OwnField =>
  own('test', {
    html: `<button type="button" class="red-ui-button" id="rescale-test"><i class="fa fa-plug"></i> <span data-i18n="{{test.button}}"></span></button>
      <div class="rescale-answer" id="rescale-test-answer" role="status" aria-live="polite"></div>`,
    stores: [],
  });

export const sweepRestart = (): OwnField =>
  own('restart', {
    html: `<button type="button" class="red-ui-button rescale-below" id="rescale-restart"><i class="fa fa-repeat"></i> <span data-i18n="{{restart.button}}"></span></button>
      <div class="rescale-answer" id="rescale-restart-answer" role="status" aria-live="polite"></div>`,
    stores: [],
    when: ['url', 'simulator'],
  });

export const usage = (): OwnField =>
  own('usage', { html: '<div id="rescale-usage-panel" role="status"></div>', stores: [] });
