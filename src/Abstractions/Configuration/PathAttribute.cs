namespace HiEndMae;

/// <summary>Marks a text, or each text of a list, as a path. It may be relative to the file that contains it and may use <c>${env:NAME}</c>; the bound value is absolute.</summary>
/// <param name="keywords">Words that are not paths and are kept as they are. A word that ends in <c>:/</c> stands for every address that begins with it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathAttribute(params string[] keywords) : Attribute
{
    /// <summary>Words that are not paths.</summary>
    public IReadOnlyList<string> Keywords { get; } = keywords;
}
