using System.Text;

namespace Mail.Security.Sasl;

internal interface IPreparationProfile
{
    NormalizationForm Form { get; }

    bool IsMappedToNothing(Rune rune);

    bool IsRefusedBeforeMapping(Rune rune);

    /// <summary>Whether the text, mapped and normalised, may stand.</summary>
    bool IsAcceptable(ReadOnlySpan<char> text);
}
