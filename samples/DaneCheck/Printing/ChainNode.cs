using Mail.Security.Dnssec;

namespace DaneCheck.Printing;

/// <summary>A zone with what hangs below it, or the records at the end.</summary>
internal sealed class ChainNode(DnssecLink link)
{
    public DnssecLink Link { get; } = link;

    public List<ChainNode> Below { get; } = [];
}
