namespace HiEndMae.Reports.Figures;

/// <summary>How a panel shows labels over its image.</summary>
public enum LabelStyle
{
    /// <summary>Half-transparent areas in the organs' colours.</summary>
    Fill,

    /// <summary>Borders in the organs' colours, the image visible inside.</summary>
    Outline,

    /// <summary>Where labels and truth differ: missed, invented, another organ.</summary>
    Errors,
}
