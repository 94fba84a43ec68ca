/** True for 127.0.0.0/8, ::1 and localhost, as `URL.hostname` writes them (`[::1]` in brackets). */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
