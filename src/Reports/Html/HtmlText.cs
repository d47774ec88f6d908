using System.Globalization;
using System.Net;
using System.Text;

namespace HiEndMae.Reports.Html;

/// <summary>HTML by the piece; every text is escaped.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder text = new();

    /// <summary>A text as it may stand between tags and in attributes.</summary>
    public static string Escape(string value) => WebUtility.HtmlEncode(value);

    /// <summary>A number in a form that HTML and SVG read.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>Appends markup as it is; values within braces are escaped.</summary>
    public HtmlText Add(FormattableString markup)
    {
        object?[] values = [.. markup.GetArguments().Select(argument => (object?)(argument switch
        {
            null => "",
            double number => Number(number),
            _ => Escape(Convert.ToString(argument, CultureInfo.InvariantCulture)!),
        }))];
        text.AppendFormat(CultureInfo.InvariantCulture, markup.Format, values);
        return this;
    }

    /// <summary>Appends what is markup already.</summary>
    public HtmlText Raw(string markup)
    {
        text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
