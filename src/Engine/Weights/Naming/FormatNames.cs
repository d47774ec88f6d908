namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Names of formats that code asks for.</summary>
public static class FormatNames
{
    /// <summary>This program's own: <c>encoder.*</c>, <c>decoder.*</c>, <c>head.*</c>.</summary>
    public const string Own = "own";

    /// <summary>The official pre-training code's.</summary>
    public const string Official = "official";

    /// <summary>MONAI's UNETR's.</summary>
    public const string Monai = "monai";

    /// <summary>SUP's released file.</summary>
    public const string Sup = "sup";

    /// <summary>TransVW's released file.</summary>
    public const string TransVw = "transvw";
}
