import type { IppJsonAttributes } from '../../wire/ipp/ipp-json.ts';

const serialKeys = /(^|;)(SN|SER|SERN|SERIALNUMBER):[^;]*/gi;

/** A device id with the serial number of this unit where the model's has one: `SER:XXXXXXXXXX;` is a filler of the real unit's. */
export function deviceIdOfUnit(deviceId: string, serial: string): string {
  return serial === '' ? deviceId : deviceId.replace(serialKeys, (_all, before: string, key: string) => `${before}${key}:${serial}`);
}

/** The attributes of a model as one unit gives them: its printer-device-id has the unit's serial number. */
export function attributesOfUnit(attributes: IppJsonAttributes, serial: string): IppJsonAttributes {
  const text = attributes['printer-device-id']?.['textWithoutLanguage'];
  if (!Array.isArray(text)) return attributes;
  return { ...attributes, 'printer-device-id': { textWithoutLanguage: text.map((id) => deviceIdOfUnit(String(id), serial)) } };
}
