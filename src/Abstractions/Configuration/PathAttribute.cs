namespace HiEndMae;

/// <summary>The text (or each text of a list) is a path: relative to the file that says it, <c>${env:NAME}</c> allowed, absolute once bound.</summary>
/// <param name="keywords">Words that are no paths and stay as they are. A word that ends in <c>:/</c> stands for all addresses that begin so.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathAttribute(params string[] keywords) : Attribute
{
    /// <summary>Words that are no paths.</summary>
    public IReadOnlyList<string> Keywords { get; } = keywords;
}
