"""One authentication by GNU SASL, as the client or the server: messages in base64 on standard input and output, a line each.

gsasl_peer.py client|server MECHANISM USER PASSWORD [tls-exporter|tls-unique BINDING-HEX]

Prints "data MESSAGE", and at the end "done NAME MESSAGE" or "fail REASON"; reads the other side's messages, "-" when there is none.
"""
import base64
import ctypes
import sys
from ctypes import CFUNCTYPE, byref, c_char_p, c_int, c_void_p

OK, NEEDS_MORE, NO_CALLBACK = 0, 1, 51
AUTHID, PASSWORD, SERVICE, HOSTNAME, SCRAM_ITER, CB_UNIQUE, CB_EXPORTER = 1, 3, 5, 6, 14, 18, 25

gsasl = ctypes.CDLL("libgsasl.so.18")
gsasl.gsasl_strerror_name.restype = c_char_p
gsasl.gsasl_property_fast.restype = c_char_p
gsasl.gsasl_property_fast.argtypes = [c_void_p, c_int]
gsasl.gsasl_property_set.argtypes = [c_void_p, c_int, c_char_p]
gsasl.gsasl_step64.argtypes = [c_void_p, c_char_p, c_void_p]


def main(role, mechanism, user, password, kind="", data=""):
    given = {PASSWORD: password.encode(), SERVICE: b"smtp", HOSTNAME: b"mx.test"}
    if role == "client":
        given[AUTHID] = user.encode()
    if kind:
        given[CB_EXPORTER if kind == "tls-exporter" else CB_UNIQUE] = base64.b64encode(bytes.fromhex(data))

    @CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
    def give(context, session, wanted):
        if wanted == PASSWORD and role == "server" and gsasl.gsasl_property_fast(session, AUTHID) != user.encode():
            return NO_CALLBACK
        if wanted not in given:
            return NO_CALLBACK
        gsasl.gsasl_property_set(session, wanted, given[wanted])
        return OK

    context, session, out = c_void_p(), c_void_p(), c_char_p()
    gsasl.gsasl_init(byref(context))
    gsasl.gsasl_callback_set(context, give)
    start = gsasl.gsasl_client_start if role == "client" else gsasl.gsasl_server_start
    code = start(context, mechanism.encode(), byref(session))
    heard = None
    first = True
    while code in (OK, NEEDS_MORE):
        if role == "server" or not first:
            line = sys.stdin.readline().strip()
            heard = None if line == "-" else line.encode()
        first = False
        code = gsasl.gsasl_step64(session, heard, byref(out))
        if code == OK:
            print("done", (gsasl.gsasl_property_fast(session, AUTHID) or b"").decode(), (out.value or b"").decode(), flush=True)
            return
        if code == NEEDS_MORE:
            print("data", (out.value or b"").decode(), flush=True)
    print("fail", gsasl.gsasl_strerror_name(code).decode(), flush=True)


main(*sys.argv[1:])
