/** Python: opens the port and looks by TIOCMGET until the named lines, and no others, are active; prints what it saw last. Arguments: port, names, seconds. */
export const watchModemLines = `
import fcntl, os, struct, sys, termios, time
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
names = {'cts': termios.TIOCM_CTS, 'dsr': termios.TIOCM_DSR, 'ri': termios.TIOCM_RI, 'dcd': termios.TIOCM_CD}
wanted = set(sys.argv[2].split(',')) - {''}
limit = time.monotonic() + float(sys.argv[3])
while True:
    bits = struct.unpack('I', fcntl.ioctl(port, termios.TIOCMGET, b'\\0' * 4))[0]
    seen = {name for name, bit in names.items() if bits & bit}
    if seen == wanted or time.monotonic() > limit:
        break
    time.sleep(0.05)
print(','.join(sorted(seen)))
`;

/** Python: opens the port open, asks for a break of the usual length, and ends. */
export const sendBreak = `
import os, sys, termios
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
termios.tcsendbreak(port, 0)
`;
