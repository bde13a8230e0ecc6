/** What the platform's dialog calls its fields: errors speak of what a person sees there. Part of `errorTexts`. */
export const labelTexts = {
  'label-url': 'Address',
  'label-apiVersion': 'API version',
  'label-timeout': 'Timeout',
  'label-patience': 'Total time',
  'label-rate': 'Request rate',
  'label-readOnly': 'Read-only',
  'label-speed': 'Speed',
  'label-token': 'API key',
} as const;
