/** What the platform's dialog calls its fields, for errors speak of what a person sees there, and how figures are written. Part of `errorTexts`. */
export const labelTexts = {
  'label-url': 'Address',
  'label-apiVersion': 'API version',
  'label-timeout': 'Timeout',
  'label-patience': 'Total time',
  'label-rate': 'Request rate',
  'label-readOnly': 'Read-only',
  'label-speed': 'Speed',
  'label-token': 'API key',
  // Figures: what stands before their decimals, and a size with its unit.
  'figure-point': '.',
  'figure-size': '__size__ __unit__',
} as const;
