using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SendMail.Messages;
using SendMail.Running;

namespace SendMail.Queueing;

/// <summary>
/// A folder of messages, one file each: the envelope as a line of JSON, then the content. A message is in it when its file has its name, and gone when it has none;
/// what was not written to its end has another name.
/// </summary>
internal sealed class MailFolder
{
    private const string Extension = ".mail";
    private const string FailedFolder = "failed";
    private const string LockFile = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // A writer needs moments; what is older was left by one that died.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Format = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <summary>Opens the folder, and makes it, for its owner only, when it is not there.</summary>
    /// <exception cref="CommandException">Others may write to it: what they put there would be sent as this user's.</exception>
    public MailFolder(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        Make(folder);
        Make(Failed);
    }

    /// <summary>Where messages are that were given up, each beside a text that says why.</summary>
    public string Failed => Path.Combine(_folder, FailedFolder);

    /// <summary>The files of the messages, oldest first.</summary>
    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(_folder, "*" + Extension).Order(StringComparer.Ordinal)];

    /// <summary>Takes the right to send what is here; null when another has it. It ends with the process, however that ends.</summary>
    public IDisposable? TryLock()
    {
        try
        {
            return new FileStream(Path.Combine(_folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Adds a message. When this returns it is on the disk.</summary>
    /// <returns>The name of its file.</returns>
    public string Add(OutgoingMail mail)
    {
        var now = _time.GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMddHHmmssfff}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}{Extension}");
        Write(new QueuedMail(Path.Combine(_folder, name), now, mail));
        return name;
    }

    /// <summary>Writes a message over itself, for other recipients.</summary>
    public static void Write(QueuedMail queued) => DurableFile.Write(queued.Path, stream =>
    {
        JsonSerializer.Serialize(stream, QueuedHead.Of(queued.Mail.Envelope, queued.Mail.Content.Length, queued.Since), Format);
        stream.WriteByte((byte)'\n');
        stream.Write(queued.Mail.Content.Span);
    });

    /// <summary>Reads a message.</summary>
    /// <exception cref="FormatException">It is no message, or not a whole one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static QueuedMail Read(string path)
    {
        var octets = File.ReadAllBytes(path);
        var end = Array.IndexOf(octets, (byte)'\n');
        try
        {
            var head = JsonSerializer.Deserialize<QueuedHead>(octets.AsSpan(0, Math.Max(0, end)), Format) ?? throw new FormatException("it has no envelope");
            var content = octets.AsMemory(end + 1);
            return content.Length == head.Length ? new QueuedMail(path, head.Since, new OutgoingMail(head.ToEnvelope(), content)) : throw new FormatException("it is not whole");
        }
        catch (JsonException)
        {
            throw new FormatException("it has no envelope");
        }
    }

    /// <summary>Takes a message out.</summary>
    public static void Remove(string path) => DurableFile.Delete(path);

    /// <summary>Keeps a message that cannot be sent where it is not tried again, beside the reason.</summary>
    public void GiveUp(string path, string reason)
    {
        DurableFile.Write(Path.Combine(Failed, Path.GetFileNameWithoutExtension(path) + ".txt"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(reason + "\n")));
        DurableFile.Move(path, Failed);
    }

    /// <summary>The same for some recipients of a message, which stays for the others.</summary>
    public void GiveUp(QueuedMail queued, string reason)
    {
        var name = Path.GetFileNameWithoutExtension(queued.Path);
        var copy = Path.Combine(Failed, $"{name}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}{Extension}");
        DurableFile.Write(Path.ChangeExtension(copy, ".txt"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(reason + "\n")));
        Write(queued with { Path = copy });
    }

    /// <summary>Deletes what writers left that died before they were done. Their callers were told of no success.</summary>
    public void Clean()
    {
        foreach (var file in Directory.EnumerateFiles(_folder, "*" + DurableFile.Unfinished))
        {
            if (_time.GetUtcNow() - File.GetLastWriteTimeUtc(file) > Abandoned)
                File.Delete(file);
        }
    }

    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        Directory.CreateDirectory(folder, OwnerOnly);
        var target = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        var mode = File.GetUnixFileMode(target);
        if ((mode & Others) != 0)
            throw new CommandException(ExitCode.Configuration, $"Queue: others may write to '{folder}'; take that away (chmod go-w {folder}).");
        try
        {
            File.SetUnixFileMode(target, mode);        // changes nothing, and only the owner may do it
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Configuration, $"Queue: '{folder}' belongs to another user.");
        }
    }
}
