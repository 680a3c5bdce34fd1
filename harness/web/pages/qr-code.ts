import encodeQR from 'qr';
import { html, trusted, type Html } from '../../report/page/html.ts';

/** Longest address that fits a code that a phone still reads from paper. */
const longest = 400;

/** A QR code of an address as SVG, with a name for those who cannot see it. */
export function qrCode(address: string, name: string): Html {
  if (address.length > longest) return html``;
  const rows = encodeQR(address, 'raw', { ecc: 'medium', border: 2 });
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('');
  return html`<svg class="qr-code" viewBox="0 0 ${rows.length} ${rows.length}" role="img" aria-label="${name}: ${address}" shape-rendering="crispEdges">${trusted(`<path fill="#fff" d="M0 0h${rows.length}v${rows.length}H0z"/><path d="${path}"/>`)}</svg>`;
}
