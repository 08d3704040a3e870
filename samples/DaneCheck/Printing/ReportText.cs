using System.Globalization;
using DaneCheck.Arguments;
using DaneCheck.Checking;
using DaneCheck.Lookups;
using Mail.Security.Dane;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Printing;

/// <summary>The reports for people: every step, then the chain of trust, then one row for each address.</summary>
internal sealed class ReportText(TextWriter output, Painter painter)
{
    public void Write(LookupReport report)
    {
        Line("", ("resolver", Ink.Faint), ($"  {report.Resolver}", Ink.Plain));
        Write([report.Lookup], "");
        WriteChains([report.Lookup]);
    }

    public void Write(CheckReport report)
    {
        Line("", (report.Domain, Ink.Strong));
        Line("  ", ("resolver", Ink.Faint), ($"  {report.Resolver}", Ink.Plain));
        Write(report.Lookups, "  ");
        if (report.MtaSts.Length > 0)
            Line("  ", ("MTA-STS", Ink.Faint), ($"  {report.MtaSts}", Ink.Plain));
        if (report.Sentence.Length > 0)
            Line("  ", (report.Sentence, Of(report.Verdict)));
        foreach (var host in report.Hosts)
            Write(host, report.Way);
        WriteChains([.. report.Lookups, .. report.Hosts.SelectMany(static host => host.Lookups)]);
        output.WriteLine();
        WriteTable(report);
        Line("", ($"{report.Domain}: ", Ink.Strong), (Word(report.Verdict), Of(report.Verdict)), (string.Create(CultureInfo.InvariantCulture, $" (exit code {report.ExitCode})"), Ink.Faint));
    }

    private void Write(HostReport host, CheckWay way)
    {
        output.WriteLine();
        Line("", (host.Host, Ink.Strong), (Place(host, way), Ink.Faint));
        Write(host.Lookups, "  ");
        if (host.Dane is { } dane)
        {
            Line("  ", ("DANE", Ink.Faint), ($"  {dane.Sentence}", Ink.Plain));
            foreach (var record in dane.Records)
                Line("    ", record.Unusability == TlsaUnusability.None ? ("usable", Ink.Good) : ($"unusable, {record.Unusability}", Ink.Bad), ($"  {record.Mnemonic}", Ink.Plain));
            if (dane.ReferenceNames.Count > 0)
                Line("    ", ("names", Ink.Faint), ($"  {string.Join(", ", dane.ReferenceNames)}", Ink.Plain));
        }
        if (host.MtaSts.Length > 0)
            Line("  ", ("MTA-STS", Ink.Faint), ($"  {host.MtaSts}", Ink.Plain));
        if (host.Floor is { } floor)
            Line("  ", ("TLS floor", Ink.Faint), ($"  {floor.ToString().ToLowerInvariant()}", Ink.Plain));
        if (host.Sentence.Length > 0)
            Line("  ", ("passed over", Of(host.Verdict)), ($"  {host.Sentence}", Ink.Plain));
        WriteAdvice("  ", host.Advice);
        foreach (var next in host.NextKeys)
            Write(next);
        foreach (var address in host.Addresses)
            Write(address);
    }

    private void Write(AddressReport address)
    {
        Line("  ", (address.Address, Ink.Strong));
        if (address.Tls is { } tls)
            Line("    ", ("TLS", Ink.Faint), ($"  {tls}", Ink.Plain));
        foreach (var certificate in address.Certificates)
        {
            Line("    ", ("certificate", Ink.Faint), (string.Create(CultureInfo.InvariantCulture, $"  {certificate.Subject}, issued by {certificate.Issuer}, valid {Date(certificate.NotBefore)} to {Date(certificate.NotAfter)}"), Ink.Plain));
            if (certificate.Names.Count > 0)
                Line("      ", ("names", Ink.Faint), ($"  {string.Join(", ", certificate.Names)}", Ink.Plain));
            Line("      ", ("sha256", Ink.Faint), ($"  certificate {certificate.Sha256}, key {certificate.PublicKeySha256}", Ink.Plain));
        }
        Line("    ", (Word(address.Verdict), Of(address.Verdict)), ($"  {address.Sentence}", Ink.Plain));
        foreach (var form in address.Uncovered)
            Line("    ", ("doubtful", Ink.Doubtful), ($"  no {form} record matches, though others do: a client that knows only this form fails (RFC 7671 §8)", Ink.Plain));
        WriteAdvice("    ", address.Advice);
    }

    private void Write(NextKeyReport next)
    {
        Line("  ", ("next key", Ink.Faint), ("  ", Ink.Plain), (Word(next), Of(next.Verdict)), ($"  {next.Sentence}", Ink.Plain));
        foreach (var line in next.Publish)
            Line("    ", (line, Ink.Strong));
    }

    private void WriteAdvice(string indent, string advice)
    {
        if (advice.Length > 0)
            Line(indent, ("to mend", Ink.Faint), ($"  {advice}", Ink.Plain));
    }

    private void Write(IReadOnlyList<Lookup> lookups, string indent)
    {
        var table = new TextTable(painter);
        foreach (var lookup in lookups)
        {
            var aliases = string.Concat(lookup.Aliases.Select(static target => $"alias of {target}, "));
            string[] found = lookup.Failure is { } failure ? [$"{failure}: {lookup.Detail}"]
                : lookup.Absence is { } absence ? [aliases + (absence == DnsAbsence.NoName ? "no such name" : "none")]
                : [aliases + lookup.Records[0], .. lookup.Records.Skip(1)];
            var security = lookup.Security?.ToString().ToLowerInvariant() ?? "no answer";
            table.Add((lookup.Type, Ink.Faint), (lookup.Name, Ink.Plain), (security, Of(lookup.Security)), (found[0], Ink.Plain));
            foreach (var more in found.Skip(1))
                table.Add(("", Ink.Plain), ("", Ink.Plain), ("", Ink.Plain), (more, Ink.Plain));
            if (lookup.ExtendedError is { } error)
                table.Add(("", Ink.Plain), ("", Ink.Plain), ("", Ink.Plain), (string.Create(CultureInfo.InvariantCulture, $"EDE {error.Code} ({error.Name}){(lookup.Detail.Contains(error.Text, StringComparison.Ordinal) ? "" : $": {error.Text}")}"), Ink.Bad));
        }
        table.Write(output, indent);
    }

    private static string Date(DateTimeOffset? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "(unreadable)";

    private static string Place(HostReport host, CheckWay way) => way switch
    {
        CheckWay.Exchangers => string.Create(CultureInfo.InvariantCulture, $", preference {host.Preference}"),
        CheckWay.Submission => string.Create(CultureInfo.InvariantCulture, $", port {host.Port}, {(host.Tls == SubmissionTls.Implicit ? "TLS from the start" : "STARTTLS")}"),
        _ => string.Create(CultureInfo.InvariantCulture, $", port {host.Port}"),
    };

    private void WriteChains(IReadOnlyList<Lookup> lookups)
    {
        var tree = ChainTree.Of(lookups.Select(static lookup => lookup.Chain));
        if (tree.Tops.Count == 0)
            return;
        output.WriteLine();
        Line("", ("chain of trust", Ink.Faint));
        foreach (var top in tree.Tops)
            WriteNode(top, "", "");
    }

    private void WriteNode(ChainNode node, string first, string rest)
    {
        var link = node.Link;
        var key = link.KeyTag is { } tag ? string.Create(CultureInfo.InvariantCulture, $", key {tag} {link.Algorithm}") : "";
        Line(first, ($"{link.Name}  ", Ink.Strong), (link.State.ToString().ToLowerInvariant(), Of(link.State)), (key, Ink.Plain), ($"  {link.Detail}", Ink.Faint));
        var lines = painter.Tree;
        for (var at = 0; at < node.Below.Count; at++)
        {
            var isLast = at == node.Below.Count - 1;
            WriteNode(node.Below[at], rest + (isLast ? lines.Last : lines.Branch), rest + (isLast ? lines.Gap : lines.Trunk));
        }
    }

    private void WriteTable(CheckReport report)
    {
        var table = new TextTable(painter);
        table.Add(("host", Ink.Faint), ("address", Ink.Faint), ("verdict", Ink.Faint), ("a message", Ink.Faint), ("why", Ink.Faint));
        foreach (var host in report.Hosts)
        {
            if (host.Addresses.Count == 0)
                table.Add((host.Host, Ink.Plain), ("-", Ink.Plain), (Word(host.Verdict), Of(host.Verdict)), (Word(DeliveryForecast.Waits), Ink.Plain), (host.Sentence, Ink.Plain));
            foreach (var next in host.NextKeys)
                table.Add((host.Host, Ink.Plain), ("next key", Ink.Plain), (Word(next), Of(next.Verdict)), ("-", Ink.Plain), (next.Sentence, Ink.Plain));
            foreach (var address in host.Addresses)
                table.Add((host.Host, Ink.Plain), (address.Address, Ink.Plain), (Word(address.Verdict), Of(address.Verdict)), (Word(address.Delivery), Ink.Plain), (address.Sentence, Ink.Plain));
        }
        if (report.Hosts.Count > 0)
            table.Write(output, "");
    }

    private void Line(string indent, params (string Text, Ink Ink)[] pieces) =>
        output.WriteLine(indent + string.Concat(pieces.Select(piece => painter.Paint(piece.Text, piece.Ink))));

    private static string Word(CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Verified => "verified",
        CheckVerdict.Unprotected => "no DANE",
        CheckVerdict.Unknown => "unknown",
        _ => "FAILED",
    };

    private static string Word(NextKeyReport next) => next.Verdict switch
    {
        CheckVerdict.Verified => "ready",
        CheckVerdict.Failed => "NOT READY",
        _ => Word(next.Verdict),
    };

    private static string Word(DeliveryForecast forecast) => forecast == DeliveryForecast.Delivers ? "goes" : "waits";

    private static Ink Of(CheckVerdict verdict) => verdict switch { CheckVerdict.Verified => Ink.Good, CheckVerdict.Failed => Ink.Bad, _ => Ink.Doubtful };

    private static Ink Of(DnsSecurity? security) => security switch { DnsSecurity.Secure => Ink.Good, null => Ink.Bad, _ => Ink.Doubtful };

    private static Ink Of(DnssecLinkState state) => state switch { DnssecLinkState.Secure => Ink.Good, DnssecLinkState.Bogus => Ink.Bad, _ => Ink.Doubtful };
}
