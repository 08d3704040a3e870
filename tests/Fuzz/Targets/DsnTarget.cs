using System.Text;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Mail.Security.Fuzz.Targets;

/// <summary>
/// Notices: what a remote host said and what the sender wrote can be anything, and the notice is still a message that every server takes, with
/// the fields of RFC 3464 and no others. The first lines of the input are the strings, the rest is the original message.
/// </summary>
internal static class DsnTarget
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly DsnBuilder Builder = new(DomainName.Parse("relay.example"), new FakeTimeProvider(Now));

    private static readonly string[] Known =
        ["original-envelope-id", "reporting-mta", "arrival-date", "final-recipient", "action", "status", "remote-mta", "diagnostic-code", "last-attempt-date", "will-retry-until"];

    public static void Run(byte[] input)
    {
        var strings = Messages.Split(input, 6).Select(line => Encoding.UTF8.GetString(line)).ToList();
        while (strings.Count < 6)
            strings.Add("");
        var used = Math.Min(input.Length, Messages.Split(input, 6).Sum(line => line.Length + 1));
        var recipient = MailPath.TryParse(strings[0], out var parsed) && !parsed.IsNull ? parsed : MailPath.Parse("b@one.example");
        var request = new DsnRequest
        {
            Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("a@sender.example"), Recipients = [new SmtpRecipient(recipient)] },
            Content = new BytesContent(input.AsMemory(used)),
            Received = Now,
            LastAttempt = Now,
            EnvelopeId = strings[1],
            Explanation = strings[2].Replace('\t', '\n'),
            Upcoming = [Now.AddHours(1)],
            Recipients = [Recipient(recipient, strings, DsnAction.Failed), Recipient(MailPath.Parse("c@two.example"), strings, DsnAction.Delayed)],
        };
        var built = Builder.BuildAsync(request).AsTask();
        Check.That(built.IsCompleted, "content in memory is waited for by nobody");
        Verify(built.GetAwaiter().GetResult(), recipient);
    }

    private static DsnRecipient Recipient(MailPath path, List<string> strings, DsnAction action) => new()
    {
        Recipient = path, Action = action, Status = new(5, 1, 1), Sentence = strings[3], RemoteMta = strings[4], RemoteReply = new SmtpReply(550, null, [strings[5], strings[3]]),
    };

    private static void Verify(NewQueueMessage notice, MailPath recipient)
    {
        var bytes = ((BytesContent)notice.Content).Bytes.ToArray();
        Check.Equal(SyntaxFault.None, ReferenceContent.FaultOf(bytes, ended: true), "a notice has whole lines");
        Check.That(bytes.AsSpan().EndsWith("\r\n"u8), "a notice ends with a line end");
        Check.That(Ascii.IsValid(bytes), "a notice to an ASCII sender is ASCII");
        foreach (var line in bytes.AsSpan().Split("\r\n"u8))
            Check.That(line.End.Value - line.Start.Value <= 998, "a line of a notice is within the limit");
        using var message = MimeMessage.Load(new MemoryStream(bytes));
        var report = message.Body as MultipartReport;
        Check.Equal(3, report?.Count, "the parts of a notice");
        using var fields = new MemoryStream();
        ((MimePart)report![1]).Content!.DecodeTo(fields);
        VerifyFields(Encoding.UTF8.GetString(fields.ToArray()), recipient);
    }

    private static void VerifyFields(string text, MailPath recipient)
    {
        var groups = text.Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries);
        Check.Equal(3, groups.Length, "a group for the message and one for each recipient");
        foreach (var group in groups)
        {
            var names = group.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != ' ').Select(line => line.Split(':')[0].ToLowerInvariant()).ToList();
            Check.That(names.TrueForAll(name => Known.Contains(name)), $"no field is there but those of the standard: {string.Join(", ", names)}");
            Check.Equal(names.Count, names.Distinct().Count(), "a field is there once");
        }
        Check.That(groups[1].Replace("\r\n ", " ", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Contains($";{recipient.ToString().Replace(" ", "", StringComparison.Ordinal)}", StringComparison.Ordinal), "the recipient is named");
    }
}
