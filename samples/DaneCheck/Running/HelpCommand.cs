using DaneCheck.Lookups;

namespace DaneCheck.Running;

/// <summary>Says how the command is used.</summary>
internal static class HelpCommand
{
    public static int Print(TextWriter output)
    {
        output.WriteLine($"""
            DaneCheck [options] DOMAIN               checks every mail exchanger of a domain, as a delivery would
            DaneCheck [options] --submission DOMAIN  checks the submission servers that SRV records name, or that host
            DaneCheck [options] --submission HOST:PORT    checks one: 465 with TLS from the start, else STARTTLS
            DaneCheck [options] --smarthost HOST[:PORT]   checks one host that takes all mail
            DaneCheck --make-record FILE [HOST[:PORT]]    prints the TLSA records of a certificate or key
            DaneCheck [options] --lookup NAME TYPE   looks a name up; types: {string.Join(' ', LookupTypes.All)} TYPEn

              --resolver IP[:PORT]      the DNS server to ask, may be repeated; else those of the system
              --mode auto|ad|validate   where the security of answers comes from: the AD bit on a trusted path and
                                        validation here on any other; the AD bit; validation here [auto]
              --trust-anchor FILE       DS or DNSKEY records where chains of trust begin; else the keys of the root
              --negative-trust-anchor NAME   a name at and below which nothing is validated, may be repeated
              --ca FILE                 PEM file with roots to trust besides the system's, where DANE does not decide
              --port N                  the port, also in the owner names of TLSA records [25; 587 or 465]
              --tls starttls|implicit   how a submission server comes to TLS, where its port does not tell
              --insecure-mx opportunistic|dane   whether hosts behind insecure MX records are held to DANE [opportunistic]
              --next FILE               a certificate or key that is to be put in place: are the records ready for it?
              --usage 0-3 --selector 0|1 --matching 0-2   the record to make [3; 1, of an issuer 0; 1]
              --hello NAME              the name to say in EHLO; else that of this machine
              --timeout SECONDS         the longest lookup, and the longest wait for a server [30]
              --limit SECONDS           the longest check of all hosts together [ten times the timeout]
              --json                    prints one JSON object

            Exit codes: 0 all verified, 1 a host fails or an answer is bogus, 2 usage, 3 nothing fails but DANE does
            not protect every host, 70 a fault of this program, 75 the DNS or a server did not answer.
            """);
        return ExitCode.Verified;
    }
}
