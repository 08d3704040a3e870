using System.Net.Sockets;
using Mail.Security.Benchmarks.Loopback.Load;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>The usual client: one command, one wait, and the content written as a whole. A bare loop over a blocking socket that checks the codes only.</summary>
internal sealed class LockStepSender : Sender
{
    private readonly byte[] _replies = new byte[16 * 1024];
    private Socket _socket = null!;
    private byte[] _content = [];

    public override async Task OpenAsync(SendPlan plan)
    {
        _content = new LoadScript(new LoadPlan { Mode = LoadMode.Envelope, Port = plan.Port, Size = plan.Size }).Content;
        _socket = await ConnectAsync(plan, SocketDelay.None);
        Hear("220"u8);
        Say(LoadScript.Hello, "250"u8);
    }

    public override Task<long> SendAsync(SendClock clock)
    {
        var count = 0L;
        do
        {
            Say(LoadScript.Mail, "250"u8);
            Say(LoadScript.Recipient, "250"u8);
            Say(LoadScript.Data, "354"u8);
            Say(_content, "250"u8);
            count++;
        }
        while (!clock.IsOver);
        return Task.FromResult(count);
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Say(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> code)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes)..];
        Hear(code);
    }

    private void Hear(ReadOnlySpan<byte> code)
    {
        var length = 0;
        do
        {
            var count = _socket.Receive(_replies.AsSpan(length));
            length = count > 0 ? length + count : throw new InvalidDataException("the server closed");
        }
        while (_replies[length - 1] != (byte)'\n' || _replies.AsSpan(0, length - 1).LastIndexOf((byte)'\n') is var before && _replies[before + 4] == (byte)'-');
        if (!_replies.AsSpan(0, length).StartsWith(code))
            throw new InvalidDataException(System.Text.Encoding.ASCII.GetString(_replies, 0, length));
    }
}
