using System.Diagnostics;

namespace Mail.Security.Fuzz.Engine;

/// <summary>
/// Keeps the input under way where it survives the process, and ends the process when a run takes too long. What a process that died was
/// working on is found in the file "current".
/// </summary>
internal sealed class Watchdog : IDisposable
{
    public const int HungExitCode = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly FileStream _current;
    private readonly Timer _timer;
    private readonly string _hangs;
    private byte[] _input = [];
    private long _started;

    public Watchdog(string folder)
    {
        Directory.CreateDirectory(folder);
        _hangs = Path.Combine(folder, "hangs");
        _current = new FileStream(Path.Combine(folder, "current"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>A run begins.</summary>
    public void Begin(byte[] input)
    {
        RandomAccess.SetLength(_current.SafeFileHandle, input.Length);
        RandomAccess.Write(_current.SafeFileHandle, input, 0);
        _input = input;
        Volatile.Write(ref _started, Stopwatch.GetTimestamp());
    }

    /// <summary>A run ended.</summary>
    public void End() => Volatile.Write(ref _started, 0);

    public void Dispose()
    {
        _timer.Dispose();
        _current.Dispose();
        File.Delete(_current.Name);
    }

    private void Look()
    {
        var started = Volatile.Read(ref _started);
        if (started == 0 || Stopwatch.GetElapsedTime(started) < Limit)
            return;
        var path = Corpus.Write(_hangs, _input);
        Console.WriteLine($"hung: {path}");
        File.Delete(_current.Name);
        Environment.Exit(HungExitCode);
    }
}
