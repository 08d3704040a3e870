using System.Buffers.Binary;
using System.Text;

namespace Interop.Tests;

/// <summary>What a stub resolver sees of an answer: response code, AD bit, the types of the answers, and the extended errors (RFC 8914 §2).</summary>
/// <param name="Code">The response code.</param>
/// <param name="IsAuthentic">The AD bit.</param>
/// <param name="Types">The types of the records in the answer section.</param>
/// <param name="Errors">The extended errors, number and text.</param>
/// <param name="IsTruncated">The TC bit.</param>
internal sealed record StubAnswer(int Code, bool IsAuthentic, IReadOnlyList<int> Types, IReadOnlyList<string> Errors, bool IsTruncated)
{
    public const int ServerFailure = 2;
    private const int NoSuchName = 3;
    private const int Header = 12;
    private const int Opt = 41;
    private const int ExtendedError = 15;

    /// <summary>State and kind of an answer that is no failure.</summary>
    public string Tell(int type) => (IsAuthentic ? "Secure " : "Insecure ") + (Code == NoSuchName ? "NoName" : Types.Contains(type) ? "Found" : "NoData");

    public bool IsFailure => Code is not (0 or NoSuchName);

    public static StubAnswer Read(byte[] message)
    {
        var (at, types, errors) = (Header, new List<int>(), new List<string>());
        for (var questions = Word(message, 4); questions > 0; questions--)
            at = SkipName(message, at) + 4;
        var answers = Word(message, 6);
        for (var number = 0; number < answers + Word(message, 8) + Word(message, 10); number++)
        {
            at = SkipName(message, at);
            var (type, length) = (Word(message, at), Word(message, at + 8));
            at += 10;
            if (number < answers)
                types.Add(type);
            if (type == Opt)
                ReadErrors(message.AsSpan(at, length), errors);
            at += length;
        }
        return new(message[3] & 0xF, (message[3] & 0x20) != 0, types, errors, (message[2] & 2) != 0);
    }

    private static void ReadErrors(ReadOnlySpan<byte> options, List<string> errors)
    {
        while (options.Length >= 4)
        {
            var (code, length) = (BinaryPrimitives.ReadUInt16BigEndian(options), BinaryPrimitives.ReadUInt16BigEndian(options[2..]));
            if (code == ExtendedError)
                errors.Add($"{BinaryPrimitives.ReadUInt16BigEndian(options[4..])} {Encoding.UTF8.GetString(options[6..(4 + length)])}".TrimEnd());
            options = options[(4 + length)..];
        }
    }

    // RFC 1035 §4.1.4: a pointer ends a name.
    private static int SkipName(byte[] message, int at)
    {
        for (; message[at] != 0; at += message[at] + 1)
        {
            if (message[at] >= 0xC0)
                return at + 2;
        }
        return at + 1;
    }

    private static int Word(byte[] message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
}
