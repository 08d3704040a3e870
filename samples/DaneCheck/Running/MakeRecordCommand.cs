using DaneCheck.Arguments;
using DaneCheck.Checking;
using DaneCheck.Keys;
using DaneCheck.Printing;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace DaneCheck.Running;

/// <summary>Prints the TLSA records of a certificate or key, in the form of zone files.</summary>
internal static class MakeRecordCommand
{
    public static int Run(CheckArguments read, TextWriter output)
    {
        var usage = read.Usage ?? TlsaUsage.DaneEe;
        // RFC 7671 §5.1: the key of a server, which a renewal may keep; RFC 7671 §5.2.1: the certificate of an issuer.
        var selector = read.Selector ?? (usage is TlsaUsage.PkixEe or TlsaUsage.DaneEe ? TlsaSelector.PublicKey : TlsaSelector.Certificate);
        var form = new RecordForm(usage, selector, read.Matching ?? TlsaMatching.Sha256);
        var made = RecordMaking.Make(read.Material!, form);
        if (made.Count == 0)
            throw new UsageException($"A {form} record is made of a certificate, and {read.Material!.File} holds a key only.");
        var records = new MadeRecords
        {
            Owner = read.Name.IsEmpty ? null : TlsaRecordMaker.OwnerName(read.Name, (ushort)(read.Port ?? CheckPlanners.DefaultPort)).Ascii,
            Records = [.. made.Select(static one => new MadeRecord { Record = one.Record.ToString(), Mnemonic = one.Record.ToMnemonic(), Of = one.Subject, Unusability = TlsaUsability.Judge(one.Record) })],
        };
        if (read.Form == OutputForm.Json)
            output.WriteLine(ReportJson.Write(records));
        else
            Print(records, output);
        return ExitCode.Verified;
    }

    // With an owner the lines are those of a zone file, remarks and all; without one they are for whoever pastes them into a form.
    private static void Print(MadeRecords records, TextWriter output)
    {
        foreach (var one in records.Records)
        {
            if (records.Owner is null)
            {
                output.WriteLine(one.Record);
                continue;
            }
            output.WriteLine($"; {Painter.Clean(one.Of)}");
            if (one.Unusability != TlsaUnusability.None)
                output.WriteLine($"; mail transfer does not use this record: {one.Unusability}");
            output.WriteLine($"{records.Owner}. IN TLSA {one.Record}");
        }
    }
}
