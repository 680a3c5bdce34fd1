/**
 * Python: speaks the system commands of the EV3 Communication Developer Kit over hidraw, as the programs for schools do.
 * Arguments: the node, then `list FOLDER`, `put FILE PATH`, `get PATH FILE` or `delete PATH`. Ends with 1 and a sentence when the brick says no.
 */
export const ev3Program = `
import os, select, struct, sys

node = os.open(sys.argv[1], os.O_RDWR)
counter = 0

def ask(command, body):
    global counter
    counter += 1
    message = struct.pack('<HHBB', 4 + len(body), counter, 1, command) + body
    os.write(node, bytes([0]) + message.ljust(1024, b'\\0'))
    while True:
        if not select.select([node], [], [], 15)[0]:
            sys.exit('the brick does not answer')
        answer = os.read(node, 1024)
        length, number, kind, code, status = struct.unpack_from('<HHBBB', answer)
        if number != counter:
            continue
        if kind != 3:
            sys.exit('the brick refuses command %02x with status %d' % (command, status))
        return status, answer[7:2 + length]

def read(command, following, path):
    status, data = ask(command, struct.pack('<H', 1000) + path.encode() + b'\\0')
    size, handle = struct.unpack_from('<IB', data)
    content = data[5:]
    while len(content) < size:
        status, data = ask(following, struct.pack('<BH', handle, 1000))
        content += data[1:]
    return content[:size]

action, rest = sys.argv[2], sys.argv[3:]
if action == 'list':
    sys.stdout.write(read(0x99, 0x9a, rest[0]).decode())
elif action == 'get':
    open(rest[1], 'wb').write(read(0x94, 0x95, rest[0]))
elif action == 'delete':
    ask(0x9c, rest[0].encode() + b'\\0')
else:
    content = open(rest[0], 'rb').read()
    status, data = ask(0x92, struct.pack('<I', len(content)) + rest[1].encode() + b'\\0')
    for at in range(0, len(content), 1000):
        status, answer = ask(0x93, data[:1] + content[at:at + 1000])
    if status != 8:
        sys.exit('the brick wants more than the whole file, status %d' % status)
`;
