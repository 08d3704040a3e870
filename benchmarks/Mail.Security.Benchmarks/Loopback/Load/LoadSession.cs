using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>One connection of the generator: what it sends next depends on the replies so far, and each of them must be the right one.</summary>
internal sealed class LoadSession(LoadRun run, int key) : IDisposable
{
    private const int Accepted = 250;
    private const int GoAhead = 354;
    private const int LongestLine = 1024;

    private readonly byte[] _kept = new byte[LongestLine];
    private readonly long[] _begun = new long[run.Plan.Window + 1];
    private Socket? _socket;
    private Stage _stage;
    private int _keptLength;
    private int _step;              // replies so far within the transaction
    private int _oldest;            // in _begun, of the transaction whose replies come next
    private int _underWay;
    private byte[] _sending = [];
    private int _sendingAt;
    private long _sendingLeft;
    private bool _blocked;

    private enum Stage
    {
        Closed,
        Greeting,
        Hello,
        Ready,
    }

    public bool IsReady => _stage == Stage.Ready;

    public void Dial()
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (run.Plan.Mode == LoadMode.Idle)
            _socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + key % 8)]), 0));   // one address has some 28,000 ports
        _socket.Connect(IPAddress.Loopback, run.Plan.Port);
        _socket.Blocking = false;
        (_stage, _keptLength, _step, _oldest, _underWay, _sendingLeft, _blocked) = (Stage.Greeting, 0, 0, 0, 0, 0, false);
        run.Ready.Watch(_socket, key);
    }

    public void Dispose() => Close();

    private void Close()
    {
        _socket?.Dispose();
        _stage = Stage.Closed;
    }

    /// <summary>Begins what the plan says, where nothing is under way.</summary>
    public void Begin()
    {
        if (_stage != Stage.Ready || _underWay > 0 || run.Plan.Mode == LoadMode.Idle)
            return;
        if (run.Plan.Mode == LoadMode.Chunked)
            FillWindow();
        else if (run.Take())
            BeginOne(run.Plan.Mode == LoadMode.LockStep ? LoadScript.Mail : LoadScript.Envelope);
    }

    public void OnReady(bool canSend, bool canReceive)
    {
        if (_stage == Stage.Closed)
            return;
        if (canSend)
            Flush();
        if (canReceive && _stage != Stage.Closed)
            Receive();
    }

    private void Receive()
    {
        var buffer = run.Buffer;
        _kept.AsSpan(0, _keptLength).CopyTo(buffer);
        var received = _socket!.Receive(buffer.AsSpan(_keptLength), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (error != SocketError.Success || received == 0)
        {
            Fail($"the connection was closed at step {_step} ({error})");
            return;
        }
        var rest = buffer.AsSpan(0, _keptLength + received);
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = rest[..(end + 1)];
            var code = ReplyLine.CodeOf(line);
            if (code >= 0 && !OnReply(code, line))
                return;
            rest = rest[(end + 1)..];
        }
        if (rest.Length > _kept.Length)
            Fail("a reply line has no end");
        else
            rest.CopyTo(_kept);
        _keptLength = rest.Length;
        Flush();
    }

    private bool OnReply(int code, ReadOnlySpan<byte> line)
    {
        var expected = (_stage, run.Plan.Mode, _step) switch
        {
            (Stage.Greeting, _, _) => 220,
            (Stage.Ready, not LoadMode.Chunked, 2) => GoAhead,
            _ => Accepted,
        };
        if (code != expected || (_stage == Stage.Ready && _underWay == 0))
        {
            Fail($"not {expected} at step {_step} of {_stage}: {Encoding.Latin1.GetString(line).TrimEnd()}");
            return false;
        }
        if (_stage == Stage.Greeting)
        {
            _stage = Stage.Hello;
            Send(LoadScript.Hello);
        }
        else if (_stage == Stage.Hello)
        {
            _stage = Stage.Ready;
            run.Opened();
            if (run.IsRunning)
                Begin();
        }
        else
        {
            Advance();
        }
        return true;
    }

    private void Advance()
    {
        _step++;
        switch (run.Plan.Mode, _step)
        {
            case (LoadMode.Chunked, 3):
                Finish();
                FillWindow();       // one write for each: a window slides, it does not jump
                break;
            case (LoadMode.LockStep, 1):
                Send(LoadScript.Recipient);
                break;
            case (LoadMode.LockStep, 2):
                Send(LoadScript.Data);
                break;
            case (LoadMode.Pipelined, 3) when run.Take():
                Started();
                Send(run.Script.ContentAndEnvelope);
                break;
            case (not LoadMode.Chunked, 3):
                Send(run.Script.Content);
                break;
            case (_, 4):
                Finish();
                Begin();
                break;
        }
    }

    private void Finish()
    {
        run.Finished(_begun[_oldest]);
        _oldest = (_oldest + 1) % _begun.Length;
        _underWay--;
        _step = 0;
    }

    private void BeginOne(byte[] bytes)
    {
        Started();
        Send(bytes);
    }

    private void Started()
    {
        _begun[(_oldest + _underWay) % _begun.Length] = Stopwatch.GetTimestamp();
        _underWay++;
    }

    private void FillWindow()
    {
        var script = run.Script;
        while (_underWay < run.Plan.Window && run.Take())
        {
            Started();
            if (_sendingLeft == 0)
                (_sending, _sendingAt) = (script.Chunked, 0);
            _sendingLeft += script.ChunkedLength;
        }
        Flush();
    }

    private void Send(byte[] bytes)
    {
        if (_sendingLeft > 0)
        {
            Fail("a reply came before the bytes it answers were sent");
            return;
        }
        (_sending, _sendingAt, _sendingLeft) = (bytes, 0, bytes.Length);
        Flush();
    }

    private void Flush()
    {
        while (_sendingLeft > 0 && _stage != Stage.Closed)
        {
            var most = (int)Math.Min(_sendingLeft, _sending.Length - _sendingAt);
            var sent = _socket!.Send(_sending.AsSpan(_sendingAt, most), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                Block(true);
                return;
            }
            if (error != SocketError.Success)
            {
                Fail($"nothing can be sent at step {_step} ({error})");
                return;
            }
            _sendingLeft -= sent;
            _sendingAt += sent;
            if (_stage == Stage.Ready && run.Plan.Mode == LoadMode.Chunked)
                _sendingAt %= run.Script.ChunkedLength;
        }
        if (_stage != Stage.Closed)
            Block(false);
    }

    private void Block(bool blocked)
    {
        if (_blocked == blocked)
            return;
        _blocked = blocked;
        run.Ready.WatchSending(_socket!, key, blocked);
    }

    private void Fail(string error)
    {
        if (_stage == Stage.Closed)
            return;
        var opening = _stage != Stage.Ready;
        Close();
        run.Failed(this, error, _underWay, opening);
    }
}
