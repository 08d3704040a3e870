"""One authentication by Cyrus SASL, as the client or the server: messages in base64 on standard input and output, a line each.

cyrus_peer.py client MECHANISM USER PASSWORD [BINDING-TYPE BINDING-HEX]
cyrus_peer.py server MECHANISM FOLDER        [BINDING-TYPE BINDING-HEX]     FOLDER holds peer.conf

Prints "data MESSAGE", and at the end "done NAME MESSAGE" or "fail REASON"; reads the other side's messages, "-" when there is none.
"""
import base64
import ctypes
import os
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_ubyte, c_uint, c_ulong, c_void_p, cast

OK, CONTINUE = 0, 1
CB_END, CB_USER, CB_AUTHNAME, CB_PASS = 0, 0x4001, 0x4002, 0x4004
USERNAME, CHANNEL_BINDING = 0, 21

sasl = ctypes.CDLL("libsasl2.so.2")
sasl.sasl_errdetail.restype = c_char_p
sasl.sasl_errdetail.argtypes = [c_void_p]
sasl.sasl_setprop.argtypes = [c_void_p, c_int, c_void_p]


class Callback(Structure):
    _fields_ = [("id", c_ulong), ("proc", c_void_p), ("context", c_void_p)]


class Binding(Structure):
    _fields_ = [("name", c_char_p), ("critical", c_int), ("length", c_ulong), ("data", c_char_p)]


class Secret(Structure):
    _fields_ = [("length", c_ulong), ("data", c_ubyte * 256)]


def say(*words):
    print(*words, flush=True)


def text(data, length):
    return base64.b64encode(ctypes.string_at(data, length.value) if data else b"").decode()


def hear():
    line = sys.stdin.readline().strip()
    return None if line == "-" else base64.b64decode(line)


def fail(connection, code):
    say("fail", code, (sasl.sasl_errdetail(connection) or b"").decode())
    sys.exit(0)


def bind(connection, words):
    if not words:
        return None
    data = bytes.fromhex(words[1])
    binding = Binding(words[0].encode(), 0, len(data), data)
    if sasl.sasl_setprop(connection, CHANNEL_BINDING, ctypes.addressof(binding)) != OK:
        raise SystemExit("no channel binding in this library")
    return binding


def server(mechanism, folder, *words):
    os.environ["SASL_CONF_PATH"] = folder
    sasl.sasl_server_init(None, b"peer")
    connection = c_void_p()
    sasl.sasl_server_new(b"smtp", b"mx.test", b"client.test", None, None, None, 0, byref(connection))
    keep = bind(connection, words)
    out, length = c_void_p(), c_uint()
    first = hear()
    code = sasl.sasl_server_start(connection, mechanism.encode(), first, c_uint(len(first or b"")), byref(out), byref(length))
    while code == CONTINUE:
        say("data", text(out, length))
        message = hear()
        out, length = c_void_p(), c_uint()
        code = sasl.sasl_server_step(connection, message, c_uint(len(message)), byref(out), byref(length))
    if code != OK:
        fail(connection, code)
    name = c_void_p()
    sasl.sasl_getprop(connection, USERNAME, byref(name))
    say("done", cast(name, c_char_p).value.decode(), text(out, length))
    return keep


def client(mechanism, user, password, *words):
    simple = CFUNCTYPE(c_int, c_void_p, c_int, POINTER(c_char_p), POINTER(c_uint))
    secret = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, POINTER(c_void_p))
    user, password = user.encode(), password.encode()
    kept = Secret(len(password), (c_ubyte * 256)(*password))

    def give_name(context, number, result, length):
        result[0] = user
        if length:
            length[0] = len(user)
        return OK

    def give_password(connection, context, number, result):
        result[0] = ctypes.addressof(kept)
        return OK

    name, word = simple(give_name), secret(give_password)
    callbacks = (Callback * 4)(
        (CB_USER, cast(name, c_void_p), None), (CB_AUTHNAME, cast(name, c_void_p), None), (CB_PASS, cast(word, c_void_p), None), (CB_END, None, None))
    sasl.sasl_client_init(callbacks)
    connection = c_void_p()
    sasl.sasl_client_new(b"smtp", b"mx.test", None, None, None, 0, byref(connection))
    keep = bind(connection, words)
    out, length, chosen = c_void_p(), c_uint(), c_char_p()
    code = sasl.sasl_client_start(connection, mechanism.encode(), None, byref(out), byref(length), byref(chosen))
    while code == CONTINUE:
        say("data", text(out, length))
        message = hear() or b""
        out, length = c_void_p(), c_uint()
        code = sasl.sasl_client_step(connection, message, c_uint(len(message)), None, byref(out), byref(length))
    if code != OK:
        fail(connection, code)
    say("done", chosen.value.decode(), text(out, length))
    return keep


{"client": client, "server": server}[sys.argv[1]](*sys.argv[2:])
