using System.Text;
using Mail.Security.Transports;
using MimeKit;

namespace Mail.Security.Queue.Tests;

/// <summary>8-bit and binary content on its way to servers that have neither: what it says stays, and what is signed is left alone.</summary>
public sealed class MimeContentConverterTests
{
    private const string Plain = "From: a@a.test\r\nSubject:  kept   as it is\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe, = and . to all of you who read this\r\n.\r\n";

    public static TheoryData<string, string> Convertible => new()
    {
        { "text in 8bit", Plain },
        { "text without MIME fields", "From: a@a.test\r\nSubject: b\r\n\r\nGr\u00fc\u00dfe\r\n" },
        { "many octets above 127", Plain.Replace("Gr", string.Concat(Enumerable.Repeat("\u00fc\u00e4\u00f6\u4e2d\r\n", 400)), StringComparison.Ordinal) },
        { "a multipart of both", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\npreamble\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00fc\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\nepilogue\r\n" },
        { "a forwarded message", "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00fc\r\n" },
        { "html of long lines", "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>" + string.Concat(Enumerable.Repeat("\u00fc ", 400)) + "</p>\r\n" },
    };

    public static TheoryData<string, string, string> Left => new()
    {
        { "DKIM", "DKIM-Signature: v=1; a=rsa-sha256\r\n" + Plain, "signed" },
        { "ARC", "ARC-Seal: i=1\r\n" + Plain, "signed" },
        { "multipart/signed", "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=\"b\"; protocol=\"application/pgp-signature\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\u00fc\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n", "signed" },
        { "signed inside a multipart", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"a\"\r\n\r\n--a\r\nContent-Type: multipart/signed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\u00fc\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n--a--\r\n", "signed" },
        { "signed inside a forwarded message", "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nDKIM-Signature: v=1\r\nSubject: inner\r\n\r\n\u00fc\r\n", "signed" },
        { "multipart/encrypted", "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\u00fc\r\n--b--\r\n", "encrypted" },
        { "S/MIME", "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: binary\r\n\r\n\u00fc\r\n", "S/MIME" },
        { "PGP inline", Plain.Replace("Gr", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\nGr", StringComparison.Ordinal), "signed" },
        { "8-bit header", "Subject: \u00fc\r\n" + Plain, "header" },
        { "8-bit header of a part", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Description: \u00fc\r\n\r\na\r\n--b--\r\n", "header" },
        { "8-bit preamble", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\u00fc\r\n--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b--\r\n", "outside" },
        { "message/partial", "MIME-Version: 1.0\r\nContent-Type: message/partial; number=1; id=x\r\n\r\n\u00fc\r\n", "encoded" },
    };

    [Theory, MemberData(nameof(Convertible)), Trait("rfc", "6152#3")]
    public async Task ConvertAsync_EightBit_SevenBitLinesThatSayTheSame(string what, string message)
    {
        var converted = await ConvertAsync(Encoding.UTF8.GetBytes(message), ContentForm.SevenBit);

        Assert.NotEmpty(what);
        Assert.True(Ascii.IsValid(converted));
        Assert.True(LinesOf(converted).All(line => line.Length <= 78));
        Assert.Equal(Said(Encoding.UTF8.GetBytes(message)), Said(converted));
    }

    [Fact]                                                  // everything but the encoding, to the octet
    public async Task ConvertAsync_EightBit_OtherHeaderFieldsStay()
    {
        var converted = Encoding.ASCII.GetString(await ConvertAsync(Encoding.UTF8.GetBytes(Plain), ContentForm.SevenBit));

        Assert.StartsWith("From: a@a.test\r\nSubject:  kept   as it is\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", converted, StringComparison.Ordinal);
        Assert.EndsWith("Gr=C3=BC=C3=9Fe, =3D and . to all of you who read this\r\n.\r\n", converted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ContentForm.SevenBit)]
    [InlineData(ContentForm.EightBit)]
    [Trait("rfc", "3030#3")]
    public async Task ConvertAsync_Binary_LinesThatSayTheSame(ContentForm form)
    {
        byte[] octets = [.. Enumerable.Range(0, 5000).Select(index => (byte)(index * 31))];
        byte[] message = [.. "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8, .. octets];

        var converted = await ConvertAsync(message, form);

        Assert.All(LinesOf(converted), line => Assert.False(line.Contains('\r') || line.Contains('\n') || line.Contains('\0') || line.Length > 998));
        using var read = await MimeMessage.LoadAsync(new MemoryStream(converted), TestContext.Current.CancellationToken);
        using var decoded = new MemoryStream();
        await ((MimePart)read.Body!).Content!.DecodeToAsync(decoded, TestContext.Current.CancellationToken);
        Assert.Equal(octets, decoded.ToArray());
    }

    [Fact, Trait("rfc", "2046#5.2.1"), Trait("rfc", "3464#2.1")]
    public async Task ConvertAsync_PartsThatNeedNoEncoding_StayToTheOctet()
    {
        const string Fields = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; bob@a.test\r\nDiagnostic-Code: smtp; 550 =====================================================================================\r\n";
        const string Inner = "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nan inner line ======================================================================================\r\nFrom here on\r\n";
        const string Ascii = "Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<p>============================================================================================</p>\r\n";
        var message = "MIME-Version: 1.0\r\nSubject: dsn\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + $"Zur\u00fcck, and many more words in ASCII\r\n--b\r\n{Fields}\r\n--b\r\n{Inner}\r\n--b\r\n{Ascii}\r\n--b--\r\n";

        var converted = Encoding.ASCII.GetString(await ConvertAsync(Encoding.UTF8.GetBytes(message), ContentForm.SevenBit));

        Assert.Contains("Zur=C3=BCck, and", converted, StringComparison.Ordinal);
        Assert.All([Fields, Inner, Ascii], part => Assert.Contains($"--b\r\n{part}\r\n--b", converted, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text/plain", "bare\nends\n")]
    [InlineData("application/octet-stream", "\r and \n")]
    [InlineData("text/plain", "a\0b\r\n")]
    public async Task ConvertAsync_BinaryOfShortLines_TheSameOctets(string type, string octets)
    {
        var message = Encoding.ASCII.GetBytes($"MIME-Version: 1.0\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: binary\r\n\r\n{octets}");
        using var read = await MimeMessage.LoadAsync(new MemoryStream(await ConvertAsync(message, ContentForm.EightBit)), TestContext.Current.CancellationToken);
        using var decoded = new MemoryStream();
        await ((MimePart)read.Body!).Content!.DecodeToAsync(decoded, TestContext.Current.CancellationToken);
        Assert.Equal(octets, Encoding.ASCII.GetString(decoded.ToArray()));
    }

    [Theory, MemberData(nameof(Left)), Trait("rfc", "6376#5.3")]
    public async Task ConvertAsync_WhatAChangeWouldBreak_IsLeftAlone(string what, string message, string reason)
    {
        var result = await new MimeContentConverter().ConvertAsync(new BytesContent(Encoding.UTF8.GetBytes(message)), ContentForm.SevenBit, TestContext.Current.CancellationToken);

        Assert.NotEmpty(what);
        Assert.Contains(reason, Assert.IsType<ContentConversion.NotPossible>(result).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DKIM-Signature")]
    [InlineData("ARC-Seal")]
    public async Task ConvertAsync_SignedByDkimAndSaidSo_IsConverted(string field)
    {
        var converter = new MimeContentConverter(new MimeContentConverterOptions { DkimSigned = DkimSignedMail.Convert });
        var result = await converter.ConvertAsync(new BytesContent(Encoding.UTF8.GetBytes($"{field}: v=1\r\n{Plain}")), ContentForm.SevenBit, TestContext.Current.CancellationToken);
        Assert.IsType<ContentConversion.Converted>(result);
    }

    [Fact]
    public async Task ConvertAsync_OverTheLimit_IsLeftAlone()
    {
        var converter = new MimeContentConverter(new MimeContentConverterOptions { MaxSize = 1024 });

        var result = await converter.ConvertAsync(new BytesContent(new byte[1025]), ContentForm.SevenBit, TestContext.Current.CancellationToken);

        Assert.Contains("1024", Assert.IsType<ContentConversion.NotPossible>(result).Reason, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ConvertAsync(byte[] message, ContentForm form)
    {
        var result = await new MimeContentConverter().ConvertAsync(new BytesContent(message), form, TestContext.Current.CancellationToken);
        Assert.True(Assert.IsType<ContentConversion.Converted>(result).Content.TryGetBytes(out var bytes));
        return bytes.ToArray();
    }

    private static string[] LinesOf(byte[] content) => Encoding.Latin1.GetString(content).Split("\r\n");

    // What a reader sees: every text, and the octets of every other part.
    private static List<string> Said(byte[] content)
    {
        using var message = MimeMessage.Load(new MemoryStream(content));
        var said = new List<string> { message.Subject ?? "" };
        Add(message.Body, said);
        return said;
    }

    private static void Add(MimeEntity? entity, List<string> said)
    {
        switch (entity)
        {
            case Multipart multipart:
                foreach (var part in multipart)
                    Add(part, said);
                break;
            case MessagePart { Message: { } inner }:
                said.Add(inner.Subject ?? "");
                Add(inner.Body, said);
                break;
            case MimePart { Content: { } octets } part:
                using (var decoded = new MemoryStream())
                {
                    octets.DecodeTo(decoded);
                    said.Add($"{part.ContentType.MimeType} {Encoding.UTF8.GetString(decoded.ToArray())}");
                }
                break;
        }
    }
}
