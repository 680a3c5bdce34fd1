/**
 * Python: speaks to the prompt of MicroPython through a serial port, with what every Python has. Arguments: the port, then `prompt` (interrupts the program that runs
 * and prints what the prompt says of itself), `raw` or `paste` and a file: runs the program in it and prints its output. Ends with 1 and a sentence when the hub says no.
 */
export const hubProgram = `
import os, select, sys, termios, tty

port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
settings = termios.tcgetattr(port)
settings[4] = settings[5] = termios.B115200
termios.tcsetattr(port, termios.TCSANOW, settings)

waiting = b''

def until(end, seconds=15):
    global waiting
    while end not in waiting:
        if not select.select([port], [], [], seconds)[0]:
            sys.exit('the hub does not answer; it said %r' % waiting[-300:])
        waiting += os.read(port, 4096)
    at = waiting.index(end) + len(end)
    got, waiting = waiting[:at], waiting[at:]
    return got

def say(data):
    while data:
        data = data[os.write(port, data[:64]):]

say(b'\\x03')
banner = until(b'>>> ')
action = sys.argv[2]
if action == 'prompt':
    sys.stdout.buffer.write(banner)
    sys.exit(0)
lesson = open(sys.argv[3], 'rb').read()
if action == 'raw':
    say(b'\\x01')
    until(b'raw REPL; CTRL-B to exit\\r\\n>')
    say(lesson + b'\\x04')
    output = until(b'\\x04')[:-1]
    error = until(b'\\x04')[:-1]
    until(b'>')
    say(b'\x02')
    until(b'>>> ')
    if not output.startswith(b'OK'):
        sys.exit('the hub did not take the program: %r' % output)
    sys.stdout.buffer.write(output[2:])
    if error:
        sys.stderr.buffer.write(error)
        sys.exit(1)
else:
    say(b'\\x05')
    until(b'=== ')
    say(lesson.replace(b'\\n', b'\\r') + b'\\x04')
    answer = until(b'>>> ')
    sys.stdout.buffer.write(answer[:-4])
`;
